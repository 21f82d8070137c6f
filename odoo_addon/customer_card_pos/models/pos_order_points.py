from odoo import models
from odoo.addons.customer_card.models.ledger import open_ledger
from odoo.tools import float_compare


class PosOrder(models.Model):
    """Points at the point of sale: what the till sends is checked against the order's own lines."""

    _inherit = "pos.order"

    def validate_coupon_programs(self, point_changes, new_codes):
        """Refuse before the payment what a customer's program does not give any more."""
        changes = {int(card_id): change for card_id, change in point_changes.items()}
        cards = self.env["loyalty.card"].browse(changes).exists().filtered("is_enrolment")
        for card in cards:
            left = card.points - card.held
            if card.state != "active" or float_compare(left, -changes[card.id], 2) < 0:
                return {
                    "successful": False,
                    "payload": {
                        "message": card._get_pos_refusal(left),
                        "updated_points": {other.id: other.points - other.held for other in cards},
                    },
                }
        return super().validate_coupon_programs(point_changes, new_codes)

    def confirm_coupon_programs(self, coupon_data):
        checked = {}
        for key, values in coupon_data.items():
            program = self.env["loyalty.program"].sudo().browse(values["program_id"])
            if not program.kind:
                checked[key] = values
            elif booked := self._check_gated_points(program, int(key), values):
                checked[key] = booked
        with open_ledger(**self._get_ledger_origin()):
            return super().confirm_coupon_programs(checked)

    def _get_ledger_origin(self):
        return {
            "reason": "sale",
            "origin_model": self._name,
            "origin_id": self.id,
            "origin_name": self.pos_reference or self.name,
        }

    def _check_gated_points(self, program, card_id, values):
        """Return what may be booked on a gated program, or None.

        A till can spend what the order's reward lines cost, nothing more, and it cannot earn:
        points are earned from documents.
        """
        if not program.is_nominative:
            return {**values, "points": 0}
        lines = self.lines.filtered(
            lambda line: line.is_reward_line and line.reward_id.program_id == program
        )
        spent = self._get_points_spent(lines)
        card = self.env["loyalty.card"].sudo().browse(card_id if card_id > 0 else ()).exists()
        if not spent or card.program_id != program or card.partner_id != self.partner_id:
            return None
        return {**values, "points": -spent}

    def _get_points_spent(self, lines):
        """Return the price of the reward lines in points, never less than what they took off."""
        spent = 0
        for reward, reward_lines in lines.grouped("reward_id").items():
            cost = sum(reward_lines.mapped("points_cost"))
            if reward.discount_mode == "per_point" and reward.reward_type == "discount":
                given = -sum(reward_lines.mapped("price_subtotal_incl"))
                cost = max(cost, given / reward.discount)
            spent += max(cost, 0)
        return spent

    def _check_existing_loyalty_cards(self, coupon_data):
        """Keep our enrolments as they were sent: native code takes any card of the customer."""
        programs = self.env["loyalty.program"].sudo()
        ours = {
            key: coupon_data.pop(key)
            for key in list(coupon_data)
            if programs.browse(coupon_data[key]["program_id"]).kind
        }
        result = super()._check_existing_loyalty_cards(coupon_data)
        coupon_data.update(ours)
        return result
