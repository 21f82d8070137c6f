from odoo import fields, models


class CustomerCardEncodingTry(models.Model):
    """A token that was given to a reader to be written. The database keeps its hash only."""

    _name = "customer.card.encoding.try"
    _description = "Token of a card being written"

    encoding_id = fields.Many2one(
        "customer.card.encoding", required=True, readonly=True, ondelete="cascade", index=True
    )
    token_hash = fields.Char(required=True, readonly=True, groups="base.group_system")

    _hash_unique = models.UniqueIndex("(token_hash)", "This token was made before.")
