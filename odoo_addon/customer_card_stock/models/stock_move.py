from odoo import fields, models


class StockMove(models.Model):
    """A move stands for at most one entry, and only the server says for which."""

    _name = "stock.move"
    _inherit = ["stock.move", "customer.card.server.fields"]

    card_entry_id = fields.Many2one(
        "loyalty.card.entry", string="History entry", readonly=True, copy=False, ondelete="restrict"
    )

    _one_per_entry = models.UniqueIndex(
        "(card_entry_id) WHERE card_entry_id IS NOT NULL", "This issue left the stock already."
    )

    def _action_done(self, cancel_backorder=False):
        """Let the worker give the allowance back for issued goods that came back."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        returns = done.filtered(lambda move: move.state == "done")._card_returns()
        if returns:
            self.env["customer.card.outbox"]._add("issue", returns, "return")
        return done

    def _card_returns(self):
        """Return the moves that bring an issue's goods back and stand for no entry themselves."""
        return self.filtered(
            lambda move: (
                not move.card_entry_id
                and move.origin_returned_move_id.card_entry_id.sudo().reason == "issue"
            )
        )
