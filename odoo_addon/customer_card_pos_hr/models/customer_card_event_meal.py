from odoo import api, fields, models
from odoo.addons.customer_card.lib.quick_repeat import repeated


class CustomerCardEvent(models.Model):
    """A badge opens a staff meal: it serves one order, and logs nobody in (HS-19)."""

    _inherit = "customer.card.event"

    meal_order = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="The meal this badge stands for."
    )

    @api.model
    @repeated
    def badge_meal(self, event_id, screen, order_uuid, pin=None):
        """Let the badge that this screen has claimed stand for the staff meal of one order.

        Every employee eats, not only cashiers. Once for each presented badge.

        :param screen: the secret of the calling screen
        :param pin: when the answer before asked for it
        :return: ``{"status", "message", "employee_id"}``; status ``login`` (it counts), ``pin``
            (ask for it), ``again`` (it was wrong) or ``refused``
        """
        self.env["customer.till"]._check_seller()
        self.env["pos.order"]._check_card_payment(order_uuid)
        event = self._claimed_badge(event_id, screen)
        if not event:
            return event._use_badge("pos")
        if answer := event._prove_badge("pos", pin, asked=True)[0]:
            return answer
        event.write({"badge_used": True, "meal_order": order_uuid})
        return event._badge_answer("login", self.env._("Meal for %s.", event._holder()))
