from odoo import fields, models


class CustomerCardEvent(models.Model):
    """The answer to a card that is to be written tells the reader what to write."""

    _inherit = "customer.card.event"

    encoding_id = fields.Many2one("customer.card.encoding", readonly=True, ondelete="set null")
    overwrite = fields.Boolean(readonly=True, help="The card held a token that opens nothing.")

    def _encode_answer(self):
        """Return what to write. An answer that got lost and is asked again carries a new token."""
        if self.encoding_id.state != "reserved":
            message = self.env._("The card was not written: the question was closed meanwhile.")
            return {"status": "refused", "message": message}
        return {"encode": {**self.encoding_id._new_try(), "overwrite": self.overwrite}}
