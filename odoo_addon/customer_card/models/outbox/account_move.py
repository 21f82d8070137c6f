from odoo import api, models

from ...lib.exact import exact

INVOICES = ("out_invoice", "out_refund")


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.filtered(lambda move: move.state == "posted")._note_for_points("posted")
        return moves

    def write(self, vals):
        """Note every change of state for the worker: posted, back to draft, cancelled."""
        before = {move.id: move.state for move in self} if "state" in vals else {}
        res = super().write(vals)
        if before:
            changed = self.filtered(lambda move: before[move.id] != move.state)
            changed.filtered(
                lambda move: "posted" in (move.state, before[move.id])
            )._note_for_points(vals["state"])
        return res

    def unlink(self):
        self.filtered(lambda move: move.posted_before)._note_for_points("deleted")
        return super().unlink()

    def _note_for_points(self, event):
        """Add one outbox row for each customer invoice, nothing else: no sale waits for points."""
        moves = self.filtered(lambda move: move.move_type in INVOICES and move.partner_id)
        self.env["customer.card.outbox"]._add("sale", moves, event)

    # --- what points stand on -----------------------------------------------------------

    def _earning_lines(self):
        """Return what this invoice or credit note sells, read by the server for the server.

        No worker's word goes into it. Whoever earns on fields of their own overrides this.

        :return: dicts of ``customer``, ``product``, ``date``, ``gross`` in ``currency`` (below zero
            on a credit note), ``discount`` in percent, and ``lowers``: it takes something off the
            other lines, whatever its article is. Nothing while the document does not count.
        """
        self.ensure_one()
        if self.state != "posted" or self.move_type not in INVOICES:
            return []
        sign = -1 if self.move_type == "out_refund" else 1
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return [
            {
                "customer": self.partner_id.id,
                "product": line.product_id.id,
                "date": self.date,
                "gross": sign * exact(line.price_total),
                "currency": self.currency_id.id,
                "discount": line.discount,
                "lowers": line.price_total < 0 and not line._is_counted_apart(),
            }
            for line in lines
        ]


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _is_counted_apart(self):
        """Tell whether a line against the direction of its document stands for itself.

        A discount does not, nor does an article at a price below zero: they lower the others.
        """
        self.ensure_one()
        return False
