from odoo import api, models
from odoo.addons.customer_card.models.quick_repeat import repeated


class CustomerCardEvent(models.Model):
    """A badge at the point of sale changes its cashier."""

    _inherit = "customer.card.event"

    @api.model
    def claim(self, event_id, page):
        """A locked point of sale takes badges only, and these log in, whatever else they could."""
        if page != "pos":
            return super().claim(event_id, page)
        self.env["customer.till"]._check_seller()
        event = self.sudo().browse(int(event_id)).exists()
        if event.till_id and event.till_id._is_pos_locked():
            if not event.customer_card_id.employee_id:
                return False
            self = self.with_context(badge_must_log_in=True)
        return super().claim(event_id, page)

    def _take(self, event_id):
        event = super()._take(event_id)
        if event.customer_card_id.employee_id and self.env.context.get("badge_must_log_in"):
            event.action = "login"
        return event

    @api.model
    @repeated
    def badge_cashier(self, event_id, channel, config_id, pin=None):
        """Make the holder of a badge that this screen has claimed the cashier.

        :param channel: of the till this screen is paired with
        :param pin: when the answer before asked for it
        :return: ``{"status", "message", "employee_id"}``; status ``login``, ``pin`` (ask for it),
            ``again`` (it was wrong) or ``refused``
        """
        self.env["customer.till"]._check_seller()
        event = self._claimed_badge(event_id, channel)
        config = self.env["pos.config"].browse(int(config_id)).exists()
        config.check_access("read")
        if event and (refusal := event._get_cashier_refusal(config)):
            return event._refuse_badge("pos", "refused", refusal)
        return event._use_badge("pos", pin)

    def _get_cashier_refusal(self, config):
        if config.company_id != self.company_id:
            return self.env._("This till belongs to another company. Pair the screen again.")
        return config._get_badge_refusal(self.customer_card_id.employee_id)
