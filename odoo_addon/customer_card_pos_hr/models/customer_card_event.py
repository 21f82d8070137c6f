from odoo import api, models
from odoo.addons.customer_card.lib.quick_repeat import repeated
from odoo.addons.customer_card.lib.row_id import row_id


class CustomerCardEvent(models.Model):
    """A badge at the point of sale changes its cashier."""

    _inherit = "customer.card.event"

    def _is_locked_out(self):
        """A locked point of sale takes badges only, whatever page of its screen asks."""
        return super()._is_locked_out() or (self.till_id._is_pos_locked() and not self._is_badge())

    def _take(self, event_id, here):
        """There a badge logs in, whatever else it could."""
        event = super()._take(event_id, here)
        if event and event._is_badge() and here.till_id._is_pos_locked():
            event.action = "login"
        return event

    @api.model
    @repeated
    def badge_cashier(self, event_id, screen, config_id, pin=None):
        """Make the holder of a badge that this screen has claimed the cashier.

        :param screen: the secret of the calling screen
        :param pin: when the answer before asked for it
        :return: ``{"status", "message", "employee_id"}``; status ``login``, ``pin`` (ask for it),
            ``again`` (it was wrong) or ``refused``
        """
        self.env["customer.till"]._check_seller()
        event = self._claimed_badge(event_id, screen)
        config = self.env["pos.config"].browse(row_id(config_id)).exists()
        config.check_access("read")
        if event and (refusal := event._get_cashier_refusal(config)):
            return event._refuse_badge("pos", "refused", refusal)
        return event._use_badge("pos", pin)

    def _get_cashier_refusal(self, config):
        if config.company_id != self.company_id:
            return self.env._("This till belongs to another company. Pair the screen again.")
        return config._get_badge_refusal(self.customer_card_id.employee_id)
