from odoo import models
from odoo.addons.customer_card.models.ledger import exact, open_ledger


class PosOrder(models.Model):
    """Paid orders book what they spent, from their own lines: no word of the till is needed."""

    _inherit = "pos.order"

    def validate_coupon_programs(self, point_changes, new_codes):
        """Leave our cards out: what an order spends is reserved, which says more than a look."""
        ids = [int(card_id) for card_id in point_changes]
        ours = self.env["loyalty.card"].sudo().browse(ids).exists().filtered("is_enrolment")
        others = {key: value for key, value in point_changes.items() if int(key) not in ours.ids}
        return super().validate_coupon_programs(others, new_codes)

    def confirm_coupon_programs(self, coupon_data):
        """Book native cards on their reservation; ours were booked when the order arrived."""
        programs = self.env["loyalty.program"].sudo()
        native = {
            key: values
            for key, values in coupon_data.items()
            if not programs.browse(values["program_id"]).kind
        }
        reserved = self.env["loyalty.card.hold"].sudo()
        for key in native:
            card = self.env["loyalty.card"].sudo().browse(int(key))
            reserved |= card._open_hold(card._pos_key(self.uuid))
        for hold in reserved.sorted(lambda hold: hold.card_id.id):
            hold.card_id._capture_hold(hold.key)
        with open_ledger(**self._get_ledger_origin()):
            result = super().confirm_coupon_programs(native)
        ours = self.sudo().lines.filtered(lambda line: line._is_redemption()).coupon_id
        result["coupon_updates"] += [card._get_pos_update() for card in ours]
        return result

    def _get_ledger_origin(self):
        return {
            "reason": "sale",
            "origin_model": self._name,
            "origin_id": self.id,
            "origin_name": self.pos_reference or self.name,
        }

    def _keep_native_holds(self):
        """What native cards pay stays reserved until their booking, which the till asks for."""
        cards = self.lines.filtered(lambda line: not line._is_redemption()).coupon_id
        for card in cards.sudo():
            card._open_hold(card._pos_key(self.uuid)).expires_at = False

    def _book_redemptions(self):
        """Spend what the redemption lines cost; repeating it changes nothing."""
        lines = self.lines.filtered(lambda line: line._is_redemption())
        for card, card_lines in lines.grouped("coupon_id").items():
            self._book_redemption(card.sudo(), card_lines.sudo())

    def _book_redemption(self, card, lines):
        key = f"redeem:pos.order:{self.id}:{card.id}"
        if self.env["loyalty.card.entry"].sudo().search_count([("key", "=", key)], limit=1):
            return
        hold_key = card._pos_key(self.uuid)
        was_reserved = card.hold_ids.filtered(lambda hold: hold.key == hold_key)
        if not was_reserved and (not self.partner_id or card.partner_id != self.partner_id):
            self._tell_managers(
                self.env._("Redeemed without right"),
                self.env._(
                    "%s was taken off this order, but the order never had the card."
                    " Nothing was booked on it.",
                    card.program_id.name,
                ),
            )
            return
        card._capture_hold(hold_key)
        spent = lines._get_points_spent()
        left = card._lock()[card.id][0] - exact(card.held)
        if spent:
            card._post(
                -spent,
                key=key,
                overdrawn=spent > left,
                customer_card_id=self.sudo().customer_card_id.id,
                **self._get_ledger_origin(),
            )

    def _book_returns(self):
        """Give back what a refund returns, to the bucket it came from (I3)."""
        for line in self.sudo().lines:
            origin = line.refunded_orderline_id
            if origin and origin._is_redemption() and line._get_signed_total() > 0:
                self._book_return(line, origin)

    def _book_return(self, line, origin):
        card, given = origin.coupon_id, -origin._get_signed_total()
        earlier = sum((one._get_signed_total() for one in origin._paid_refunds() - line), exact(0))
        back = min(line._get_signed_total(), given - earlier)
        part = back / given if given > 0 else exact(0)
        if part <= 0 or (card.kind == "coupon" and part < 1):
            return
        # The account may have been joined with another one since: that one goes on.
        card._surviving()._post(
            exact(origin._get_points_spent() * part),
            key=f"return:pos.order.line:{line.id}",
            **{**origin.order_id._get_ledger_origin(), "reason": "reversal"},
        )
