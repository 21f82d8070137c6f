from odoo import models
from odoo.addons.customer_card.rules.kinds import BEARER_KINDS


class PosOrder(models.Model):
    """The receipt names what is left on the programs that the order sold or used."""

    _inherit = "pos.order"

    def get_receipt_balances(self):
        """Return ``id``, ``name``, what is ``left``, and the ``code`` of vouchers just sold.

        The code comes to who sold it, for some minutes; later a manager shows it.
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.sudo().lines
        origins = lines | lines.refunded_orderline_id
        grants = (
            self.env["loyalty.card.grant"]
            .sudo()
            .search([("origin_model", "=", lines._name), ("origin_id", "in", origins.ids)])
        )
        sold = grants.filtered(
            lambda grant: (
                grant.state == "live"
                and grant.origin_id in lines.ids
                and grant.program_id.kind in BEARER_KINDS
            )
        ).card_id
        used = origins.order_id._get_cards_used() & origins.coupon_id
        return [
            {
                **card._get_balance_row(),
                "code": card.with_env(self.env)._first_code() if card in sold else "",
            }
            for card in (grants.card_id | used).sorted("id")
            if card.kind != "discount"
        ]
