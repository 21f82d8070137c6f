import logging

from odoo import api, models
from odoo.tools import SQL

from .customer_card_sync_document import HALF

_logger = logging.getLogger(__name__)
BATCH = 2000
TOLD = 20
# What the points of a document stand on: its lines and who is who. Not the rates of a program:
# those of the day it was settled stay.
BASIS = f"""
    SELECT document.id, CASE WHEN {HALF} THEN 'half' ELSE md5(COALESCE(string_agg(concat(
            line.data::text, '/', article.id IS NOT NULL, '/', article.product_id, '/',
            customer.partner_id
        ), ',' ORDER BY line.key), '')) END AS basis,
        COALESCE((
            SELECT sum(entry.delta) FROM loyalty_card_entry entry
            WHERE entry.origin_model = 'customer.card.sync.document'
                AND entry.origin_id = document.id AND entry.reason IN ('earn', 'claw_back')
        ), 0) AS earned
    FROM customer_card_sync_document document
    LEFT JOIN customer_card_sync_line line ON line.stream_id = document.stream_id
        AND line.document = document.key AND NOT line.gone
    LEFT JOIN customer_card_sync_link article ON article.source_id = document.source_id
        AND article.kind = 'product' AND article.foreign_id = (line.data->>'product')::integer
    LEFT JOIN customer_card_sync_link customer ON customer.source_id = document.source_id
        AND customer.kind = 'customer' AND customer.foreign_id = (line.data->>'customer')::integer
    WHERE document.id IN %(ids)s GROUP BY document.id
"""


class CustomerCardSyncDocument(models.Model):
    """The comparison within: do the points still stand on the lines that are here?"""

    _inherit = "customer.card.sync.document"

    def _note_basis(self):
        """Keep what these documents were settled on, and the points that they have brought."""
        if not self:
            return
        self.env.flush_all()
        query = f"""
            UPDATE customer_card_sync_document document SET basis = now.basis, earned = now.earned
            FROM ({BASIS}) now WHERE now.id = document.id
        """
        self.env.cr.execute(SQL(query, ids=tuple(self.ids)))
        self.invalidate_recordset(["basis", "earned"])

    @api.model
    def _repair(self, source, after):
        """Settle again what stands on something else than is here now, whatever the reason was.

        Not what is due: that is known.

        :param after: the document to go on behind
        :return: the last document looked at, 0 at the end, and those whose points were wrong
        """
        mine = [("source_id", "=", source.id), ("due", "=", False), ("id", ">", after)]
        batch = self.search(mine, limit=BATCH, order="id")
        differing = batch._collecting()._differing()
        before = {one.id: (one.basis, one.earned) for one in differing}
        differing._settle()
        wrong = differing.filtered(lambda one: before[one.id][0] or before[one.id][1] != one.earned)
        for document in wrong[:TOLD]:
            _logger.warning(
                "%s: the points of %s did not match its lines and were put right.",
                source.name,
                document.name or document.key,
            )
        return batch[-1:].id or 0, wrong

    def _differing(self):
        if not self:
            return self
        query = f"""
            SELECT document.id FROM customer_card_sync_document document
            JOIN ({BASIS}) now ON now.id = document.id
            WHERE document.basis IS DISTINCT FROM now.basis OR document.earned <> now.earned
            ORDER BY document.id
        """
        found = self.env.execute_query(SQL(query, ids=tuple(self.ids)))
        return self.browse(one for (one,) in found)
