from odoo import models
from odoo.addons.customer_card.models.ledger import exact


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_point_changes(self):
        """What credit notes have given back is not given back again when the order is cancelled."""
        changes = super()._get_point_changes()
        for line in self.order_line.filtered("reward_id"):
            if returned := sum(line._refund_entries().mapped("delta")):
                changes[line.coupon_id] += returned
        return changes


class SaleOrderLine(models.Model):
    """A posted credit note over a redemption gives the credit back to the card it came from.

    Natively the customer would have neither the goods nor the credit. Bonus returns as bonus (I3).
    """

    _inherit = "sale.order.line"

    def _settle_redemptions(self):
        """Let the card have back what is credited by now; a repetition changes nothing."""
        for line in self.filtered(lambda line: line.reward_id and line.coupon_id.is_enrolment):
            card = line.coupon_id.sudo()
            card._lock()
            booked = line._refund_entries()
            delta = line._returned_points() - sum(map(exact, booked.mapped("delta")), exact(0))
            if delta:
                card._post(
                    delta,
                    key=f"refund:{line.id}:{len(booked) + 1}",
                    reason="reversal",
                    overdrawn=exact(card.points) + delta < exact(card.held),
                    origin_model=line.order_id._name,
                    origin_id=line.order_id.id,
                    origin_name=line.order_id.name,
                )

    def _refund_entries(self):
        entries = self.env["loyalty.card.entry"].sudo()
        return entries.search(
            [
                ("card_id", "=", self.coupon_id.id),
                ("origin_model", "=", self.order_id._name),
                ("origin_id", "=", self.order_id.id),
                ("key", "=like", f"refund:{self.id}:%"),
            ]
        )

    def _returned_points(self):
        """Return the part of the redeemed points that posted credit notes have given back."""
        total = abs(exact(self.price_total))
        if self.state != "sale" or not total:
            return exact(0)
        invoiced = credited = exact(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            if line.move_type == "out_refund":
                credited += abs(exact(line.price_total))
            elif line.move_type == "out_invoice":
                invoiced += abs(exact(line.price_total))
        again = max(invoiced - total, exact(0))
        part = min(max(credited - again, exact(0)), total)
        return exact(exact(self.points_cost) * part / total)
