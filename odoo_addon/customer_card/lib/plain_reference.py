"""References without a foreign key."""

from odoo import fields


class PlainMany2one(fields.Many2one):
    """A reference without foreign key: a ledger row outlives what it points to, unchanged."""

    def update_db_foreign_key(self, model, column):
        return
