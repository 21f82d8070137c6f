from odoo import api, models

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
