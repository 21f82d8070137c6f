import json
import time
from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .customer_card_sync_stream import DOCUMENTS, LINKED

# Odoo ends requests after 120 s.
LONGEST_S = 60.0


class _Undone(Exception):
    """Takes back what was only tried."""


class CustomerCardSyncSource(models.Model):
    """What would be booked, were it read: booked indeed, looked at, and taken back."""

    _inherit = "customer.card.sync.source"

    @api.model
    def preview(self, source, rows):
        """Return what these rows would change; nothing of it stays. It may be repeated.

        :param rows: ``{stream: rows}`` as of ``keep_page``, whole documents
        :return: ``{"documents": number, "unknown": their ids over there, "failed": [[number,
            reason]], "booked": [[our customer's id, name, points, pieces, [documents]]]}``;
            points and pieces as they differ from what is booked today
        """
        found = self._of_worker(source)
        if not isinstance(rows, dict):
            raise UserError(self.env._("What is to be looked at are rows by stream."))
        result = {}
        with suppress(_Undone), self.env.cr.savepoint():
            result = found._try(rows)
            raise _Undone
        return result

    def _try(self, rows):
        until = time.monotonic() + LONGEST_S
        self.env.flush_all()
        ((last,),) = self.env.execute_query(SQL("SELECT max(id) FROM loyalty_card_entry"))
        named = set()
        for name in (*LINKED, *DOCUMENTS):
            if some := rows.get(name):
                documents = sorted({row["data"]["document"] for row in some})
                named |= set(documents) if name in DOCUMENTS else set()
                page = {"rows": json.dumps(some), "rejects": [], "documents": documents}
                self._stream(name)._keep(page, "")
        documents = self.env["customer.card.sync.document"]
        while documents._settle_due(self) and time.monotonic() < until:
            pass
        mine = documents.search([("source_id", "=", self.id), ("key", "in", sorted(named))])
        failed = mine.filtered(lambda one: one.state == "failed")
        return {
            "documents": len(mine),
            "unknown": self._unknown_of(mine),
            "failed": [[one.name or one.key, one.error] for one in failed],
            "booked": self._booked_since(last or 0),
        }

    def _unknown_of(self, documents):
        links = self.env["customer.card.sync.link"].search(
            [
                ("source_id", "=", self.id),
                ("kind", "=", "customer"),
                ("partner_id", "=", False),
                ("foreign_id", "in", documents.mapped("customer")),
            ]
        )
        return links.mapped("foreign_id")

    def _booked_since(self, last):
        query = SQL(
            """
            SELECT partner.id, partner.name,
                sum(entry.delta) FILTER (WHERE entry.reason IN ('earn', 'claw_back'))::float,
                sum(entry.quantity) FILTER (WHERE entry.reason NOT IN ('earn', 'claw_back'))::float,
                array_agg(DISTINCT entry.origin_id)
            FROM loyalty_card_entry entry
            JOIN loyalty_card card ON card.id = entry.card_id
            LEFT JOIN res_partner partner ON partner.id = card.partner_id
            WHERE entry.id > %s AND entry.origin_model = 'customer.card.sync.document'
            GROUP BY partner.id, partner.name
            """,
            last,
        )
        self.env.flush_all()
        rows = self.env.execute_query(query)
        return [
            [partner, name, points or 0, pieces or 0, documents]
            for partner, name, points, pieces, documents in rows
        ]
