"""The seal of each entry; how it is made says ``lib/chain.py``."""

from odoo import api, fields, models


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    hash = fields.Char(
        string="Seal", readonly=True, help="Hash over this entry and the one before it."
    )

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries.invalidate_recordset(["hash"], flush=False)  # the database made it
        return entries

    @api.model
    def _seal_history(self):
        """Give entries that are older than the chain their hashes, in one pass over the ledger.

        For the upgrade that brings the chain: whatever stands in the ledger then is sealed.
        """
        self.env.cr.execute(
            """
            CREATE AGGREGATE pg_temp.customer_card_seal(text)
                (sfunc = customer_card_link, stype = text, initcond = '');
            SET LOCAL customer_card.ledger = 'open';
            UPDATE loyalty_card_entry SET hash = sealed.hash FROM (
                SELECT id, pg_temp.customer_card_seal(customer_card_entry_text(entry))
                    OVER (PARTITION BY card_id ORDER BY sequence) AS hash
                FROM loyalty_card_entry entry) sealed
            WHERE sealed.id = loyalty_card_entry.id
                AND sealed.hash IS DISTINCT FROM loyalty_card_entry.hash;
            SET LOCAL customer_card.ledger = '';
            DROP AGGREGATE pg_temp.customer_card_seal(text)
            """
        )
        self.invalidate_model(["hash"])
