from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.tools import SQL, format_date

from .customer_card_sync_line import by_document
from .customer_card_sync_stream import DOCUMENTS, LINKED, MOVES

# A handful is never a mass, however small the shop is.
FEW = 5


class CustomerCardSyncSource(models.Model):
    """What a comparison does not see any more: taken back if it is little, else somebody is asked.

    A record rule, another user or a company that was taken away hides rows, and over RPC these look
    like deleted ones. So a comparison only marks what it misses. At its end the marks are counted:
    up to the limits they are deletions; beyond, all of them wait, and what they have earned stays.
    """

    _inherit = "customer.card.sync.source"

    vanish_documents = fields.Integer(
        string="Vanished receipts, at most",
        default=50,
        help="If a comparison misses more, nothing is taken back until somebody says so."
        " 0: any number.",
    )
    vanish_share = fields.Float(
        string="Vanished receipts, at most (%)",
        default=1.0,
        help="The same as a share of all. Five are never a mass. 0: any share.",
    )
    vanish_points = fields.Integer(
        string="Vanished points, at most", default=100_000, help="0: any number."
    )
    vanished = fields.Text(readonly=True)

    _vanish_positive = models.Constraint(
        "CHECK (vanish_documents >= 0 AND vanish_share >= 0 AND vanish_points >= 0)",
        "A limit cannot be negative.",
    )

    def action_take_vanished(self):
        """Somebody says that what the comparison misses was deleted: it is taken back."""
        for source in self:
            source._check_manager()
            source.check_access("write")
            source.sudo()._take_missing()

    def _judge_missing(self):
        """Take back what a comparison misses, or ask."""
        counts = {stream.name: stream._missing_counts() for stream in self.stream_ids}
        counts = {name: found for name, found in counts.items() if found["rows"]}
        if any(self._is_mass(found) for found in counts.values()):
            self._ask(counts)
        else:
            self._take_missing()

    def _is_mass(self, found):
        number = found["documents"]
        if number <= FEW:
            return False
        share = 100 * number / max(found["of"], 1)
        return any(
            limit and value > limit
            for value, limit in (
                (number, self.vanish_documents),
                (share, self.vanish_share),
                (found["points"], self.vanish_points),
            )
        )

    def _ask(self, counts):
        labels = dict(self.stream_ids._fields["name"]._description_selection(self.env))
        parts = [
            self.env._(
                "%(what)s: %(documents)s of %(of)s (%(rows)s rows, %(points)s points)",
                what=labels[name],
                documents=found["documents"],
                of=found["of"],
                rows=found["rows"],
                points=shown(self.env, exact(found["points"])),
            )
            for name, found in counts.items()
        ]
        text = self.env._(
            "The last comparison does not see any more: %s. Nothing was taken back. Perhaps a new"
            " record rule, another user or another company hides them there: correct that and"
            " compare again. If they were deleted, press 'They were deleted'.",
            "; ".join(parts),
        )
        if text != self.vanished:
            self.vanished = text
            today = self.env["loyalty.card"]._today(self.company_id)
            summary = self.env._("Receipts vanished on %s", format_date(self.env, today))
            self._tell_once(summary, text)

    def _take_missing(self):
        for stream in self.stream_ids.sorted("id"):
            stream._take_missing()
        if self.vanished:
            self.vanished = False


class CustomerCardSyncStream(models.Model):
    _inherit = "customer.card.sync.stream"

    def _missing_counts(self):
        """Return how many rows and documents are missing, of how many, and their points."""
        query = SQL(
            """
            SELECT count(*), count(DISTINCT document) FROM customer_card_sync_line
            WHERE stream_id = %s AND missing AND NOT gone
            """,
            self.id,
        )
        ((rows, number),) = self.env.execute_query(query)
        found = {"rows": rows, "documents": number, "of": number, "points": 0}
        if number <= FEW:
            return found
        of = SQL("SELECT count(*) FROM customer_card_sync_document WHERE stream_id = %s", self.id)
        if self.name not in DOCUMENTS or self.name == MOVES:
            of = SQL(
                "SELECT count(*) FROM customer_card_sync_line WHERE stream_id = %s AND NOT gone",
                self.id,
            )
        points = SQL(
            """
            SELECT COALESCE(sum(earned), 0) FROM customer_card_sync_document
            WHERE stream_id = %(stream)s AND key IN (
                SELECT document FROM customer_card_sync_line
                WHERE stream_id = %(stream)s AND missing AND NOT gone
            )
            """,
            stream=self.id,
        )
        self.env.flush_all()
        ((found["of"],),) = self.env.execute_query(of)
        ((found["points"],),) = self.env.execute_query(points)
        return found

    def _take_missing(self):
        """Let what is missing be gone."""
        query = SQL(
            """
            UPDATE customer_card_sync_line SET gone = true, missing = false
            WHERE stream_id = %s AND missing AND NOT gone RETURNING document, foreign_id
            """,
            self.id,
        )
        gone = by_document(self.env.execute_query(query))
        if not gone:
            return
        self.env["customer.card.sync.line"].invalidate_model()
        documents = self.env["customer.card.sync.document"]
        if self.name in LINKED:
            self.env["customer.card.sync.link"]._forget(self, gone)
        elif self.name == MOVES:
            documents._refresh_issues(self, set(gone), set())
        else:
            documents._refresh(self, set(gone))
