from odoo import fields, models
from odoo.tools import SQL

from .customer_card_sync_stream import MOVES
from .loyalty_card_foreign_issue import MODEL


class CustomerCardSyncDocument(models.Model):
    """Stock moves of a foreign ERP that bring goods back: which issue each of them takes back."""

    _inherit = "customer.card.sync.document"

    def _returnable(self, line):
        """Return the issues that this return may take back, the newest first.

        None, if it takes no issue back: that of an ordinary delivery.
        """
        if not line["returns"]:
            return self._latest_issues(line)
        key = f"{self.key.rpartition(':')[0]}:{line['returns']}"
        mine = [("stream_id", "=", self.stream_id.id), ("key", "=", key)]
        delivery = self.env["customer.card.sync.line"].search(mine)
        if issued := self._issued_here(delivery.data or {}):
            return self._over(line, issued.filtered(lambda one: one.reason == "issue"))
        document = self.search(mine)
        issues = document._issue_entries().sorted("id", reverse=True)
        if not issues and document.state != "failed" and line.get("purpose") != "issue":
            return None
        holder = issues[:1].card_id.partner_id
        return self._over(line, issues).filtered(lambda one: one.card_id.partner_id == holder)

    def _over(self, line, entries):
        return entries.filtered(lambda one: one.product_id.id == line["product"])

    def _latest_issues(self, line):
        """Return what this customer was issued of the article until that day."""
        issues = self.env["loyalty.card.entry"]
        if not line["product"] or not line["customer"]:
            return issues
        issues = issues.search(
            [
                ("origin_model", "=", MODEL),
                ("reason", "=", "issue"),
                ("product_id", "=", line["product"]),
                ("card_id.partner_id", "=", line["customer"]),
            ]
        )
        before = self.browse(issues.mapped("origin_id")).exists()
        before = before.filtered(lambda one: one.stream_id == self.stream_id)
        days = {one.id: one.date for one in before}
        day = fields.Date.to_date(line["date"])
        return issues.filtered(lambda one: one.origin_id in days and days[one.origin_id] <= day)

    def _collecting(self):
        """Add returns of what is booked here, whoever brings it: own use has no customer there."""
        found = self._of_collectors()
        # Only moves come back; lines of invoices are millions, and the query below reads them all.
        rest = (self - found).filtered(lambda document: document.stream_id.name == MOVES)
        if not rest:
            return found
        query = """
            SELECT document.id FROM customer_card_sync_document document
            JOIN customer_card_sync_line line
                ON line.stream_id = document.stream_id AND line.document = document.key
            JOIN customer_card_sync_line delivery ON delivery.stream_id = document.stream_id
                AND delivery.key = split_part(document.key, ':', 1) || ':'
                    || (line.data->>'returns')
            WHERE document.id IN %s AND NOT EXISTS (
                SELECT FROM customer_card_sync_reject reject
                WHERE reject.stream_id = document.stream_id AND reject.document = document.key
            ) AND (starts_with(delivery.data->>'origin', %s) OR EXISTS (
                SELECT FROM customer_card_sync_document issue
                JOIN loyalty_card_entry entry
                    ON entry.origin_model = %s AND entry.origin_id = issue.id
                WHERE issue.stream_id = document.stream_id AND issue.key = delivery.key
            ))
        """
        ours = f"{self.env['customer.card.outbox']._host()}_"
        return found | self._found(SQL(query, tuple(rest.ids), ours, MODEL))

    # --- in which order -----------------------------------------------------------------

    def _settle(self):
        """Settle issues first, then what takes them back, then what has waited for either."""
        moves = self.filtered(lambda document: document.stream_id.name == MOVES)
        back = moves._that_came_back()
        outcome = (self - back)._settle_in_turn()
        for some in (back, moves._awaited() - back):
            if some:
                more = some._settle_in_turn()
                outcome = {name: count + more[name] for name, count in outcome.items()}
        return outcome

    def _that_came_back(self):
        if not self:
            return self
        query = """
            SELECT DISTINCT document.id FROM customer_card_sync_document document
            JOIN customer_card_sync_line line
                ON line.stream_id = document.stream_id AND line.document = document.key
            WHERE document.id IN %s AND (line.data->>'quantity')::numeric < 0
        """
        return self._found(SQL(query, tuple(self.ids)))

    def _awaited(self):
        """Return the returns of these customers that wait for pieces, or name one of these."""
        if not self:
            return self
        query = """
            SELECT DISTINCT back.id FROM customer_card_sync_document move
            JOIN customer_card_sync_document back
                ON back.source_id = move.source_id AND back.customer = move.customer
                AND back.stream_id = move.stream_id AND back.id <> move.id
            JOIN customer_card_sync_line line
                ON line.stream_id = back.stream_id AND line.document = back.key
            WHERE move.id IN %s AND (line.data->>'quantity')::numeric < 0 AND (
                back.state = 'failed'
                OR line.data->>'returns' = split_part(move.key, ':', 2)
            )
        """
        return self._found(SQL(query, tuple(self.ids)))

    def _found(self, query):
        self.env.flush_all()
        return self.browse(one for (one,) in self.env.execute_query(query))
