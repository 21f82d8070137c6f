from contextvars import ContextVar

from odoo import models
from odoo.addons.customer_card.lib.exact import exact

# Native code asks the same before it books and before it takes back.
_CANCELLING = ContextVar("cancelling", default=False)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_point_changes(self):
        """When an order is cancelled, what the ledger says it took and gave goes back, no more.

        So nothing comes back twice that a credit note has given back already. What goods were
        paid with that stay sold does not come back, either.
        """
        changes = super()._get_point_changes()
        if not _CANCELLING.get():
            return changes
        kept, stays_sold = False, self._stays_sold()
        for card in changes:
            if card._is_ledgered():
                change = sum(map(exact, self._entries_on(card).mapped("delta")), exact(0))
                kept |= stays_sold and change < 0
                changes[card] = max(change, exact(0)) if stays_sold else change
        if kept:
            self._tell_managers(
                self.env._("Cancelled after it was paid"),
                self.env._(
                    "Goods of this order were invoiced, or sold at a till, and not taken back:"
                    " what was redeemed for them stays redeemed. If they come back, give it back"
                    " by hand."
                ),
            )
        return {card: float(change) for card, change in changes.items()}

    def _stays_sold(self):
        """Tell whether goods were invoiced or sold at a till that nobody has taken back.

        A document that takes off what was redeemed has sold something for it, whatever its lines
        say they are.
        """
        lines = self.sudo().order_line
        goods = lines.filtered(lambda line: line._sells_goods() and not line.card_program_id)
        redeemed = lines.filtered(lambda line: line.reward_id and line.coupon_id._is_ledgered())
        return any(line._sold_quantity() > 0 for line in goods) or any(
            line._stays_redeemed() for line in redeemed
        )

    def _action_cancel(self):
        token = _CANCELLING.set(True)
        try:
            return super()._action_cancel()
        finally:
            _CANCELLING.reset(token)

    def _entries_on(self, card):
        """Return what these orders have booked on *card*, also under an account joined with it."""
        mine = [("origin_model", "=", self._name), ("origin_id", "in", self.ids)]
        entries = self.env["loyalty.card.entry"].sudo().search(mine)
        card = card.sudo()._surviving()
        return entries.filtered(lambda entry: entry.card_id._surviving() == card)


class SaleOrderLine(models.Model):
    """A posted credit note over a redemption gives the credit back to the card it came from.

    Natively the customer would have neither the goods nor the credit. Bonus returns as bonus (I3).
    """

    _inherit = "sale.order.line"

    def _sold_quantity(self):
        """Return what posted invoices sell of this line, less what credit notes took back."""
        sold = exact(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            sold += exact(line.quantity) * (-1 if line.move_type == "out_refund" else 1)
        return sold

    def _settle_redemptions(self):
        """Let the card have back what is credited by now; a repetition changes nothing."""
        for line in self.filtered(lambda line: line.reward_id and line.coupon_id.is_enrolment):
            card = line.coupon_id.sudo()
            card._lock()
            booked = line._refund_entries()
            mine = sum(map(exact, booked.mapped("delta")), exact(0))
            others = line.order_id._entries_on(card) - booked
            taken = max(-sum(map(exact, others.mapped("delta")), exact(0)), exact(0))
            delta = min(line._returned_points(), taken) - mine
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
        total = abs(self._server_total())
        if self.order_id.state != "sale" or not total:
            return exact(0)
        invoiced = credited = exact(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == "posted"):
            if line.move_type == "out_refund":
                credited += abs(exact(line.price_total))
            elif line.move_type == "out_invoice":
                invoiced += abs(exact(line.price_total))
        again = max(invoiced - total, exact(0))
        part = min(max(credited - again, exact(0)), invoiced, total)
        return exact(exact(self.points_cost) * part / total)
