from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.tools import SQL

TOLD = 20


class CustomerCardSyncDocument(models.Model):
    """Documents of customers that were merged into others over there."""

    _inherit = "customer.card.sync.document"

    @api.model
    def _of_gone_customers(self, stream, keys):
        """Return ``{document: customer over there}`` of those whose customer is gone."""
        query = SQL(
            """
            SELECT document.id, document.customer FROM customer_card_sync_document document
            JOIN customer_card_sync_link link ON link.source_id = document.source_id
                AND link.kind = 'customer' AND link.foreign_id = document.customer AND link.gone
            WHERE document.stream_id = %s AND document.key = ANY(%s)
            """,
            stream.id,
            list(keys),
        )
        self.env.flush_all()
        return {self.browse(one): customer for one, customer in self.env.execute_query(query)}

    @api.model
    def _tell_merged(self, source, left):
        """Say on the form of the foreign ERP how much went from one customer to another."""
        moved = defaultdict(self.browse)
        for document, customer in left.items():
            if document.customer != customer:
                moved[customer, document.customer] |= document
        if not moved:
            return
        ids = [customer for pair in moved for customer in pair]
        mine = [("source_id", "=", source.id), ("kind", "=", "customer")]
        links = self.env["customer.card.sync.link"].search([*mine, ("foreign_id", "in", ids)])
        names = {link.foreign_id: f"{link.name} ({link.foreign_id})" for link in links}
        lines = [
            self.env._(
                "%(before)s → %(now)s, %(documents)s documents, %(points)s points",
                before=names.get(before, before),
                now=names.get(now, now),
                documents=len(documents),
                points=shown(self.env, exact(sum(documents.mapped("earned")))),
            )
            for (before, now), documents in moved.items()
        ]
        source._tell(self.env._("Customers over there were merged:"), lines)


class CustomerCardSyncLink(models.Model):
    """Who is who follows the other ERP: numbers that move, customers that are merged, addresses."""

    _inherit = "customer.card.sync.link"

    is_shared = fields.Boolean(
        compute="_compute_is_shared",
        string="Number not unique there",
        help="Several customers there have it: none of them collects points here.",
    )

    @api.depends("reference", "gone", "archived")
    def _compute_is_shared(self):
        shared = self._rivals() if self else self
        for link in self:
            link.is_shared = link in shared

    def _sharing(self, source, numbers):
        """Return the customers of *source* that have one of these numbers."""
        numbers = sorted(filter(None, numbers))
        if not numbers:
            return self.browse()
        kind = self[:1].kind or "customer"
        mine = [("source_id", "=", source.id), ("kind", "=", kind)]
        return self.search([*mine, ("reference", "in", numbers)])

    @api.model
    def _alone(self):
        """Return the condition that nobody else over there has this customer's number.

        One that was archived there steps back for one that was not.
        """
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM customer_card_sync_link other
                WHERE other.source_id = link.source_id AND other.kind = link.kind
                    AND other.reference = link.reference AND other.id <> link.id
                    AND other.gone IS NOT TRUE
                    AND (link.archived IS TRUE OR other.archived IS NOT TRUE)
            )
            """
        )

    def _rivals(self):
        """Return those with a number that others over there have, too, with these others."""
        mine = self.filtered(lambda link: link.kind == "customer" and link.reference)
        return self._with_rivals(SQL("link.id IN %s", tuple(mine.ids))) if mine else mine

    @api.model
    def _rivals_of(self, source):
        """Return all customers of a foreign ERP whose number others there have, too."""
        return self._with_rivals(
            SQL("link.source_id = %s AND link.kind = 'customer' AND link.reference > ''", source.id)
        )

    @api.model
    def _with_rivals(self, condition):
        """Return who has a number that more than one has, where one of them meets *condition*."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT DISTINCT one.id FROM customer_card_sync_link one
            JOIN customer_card_sync_link link ON link.source_id = one.source_id
                AND link.kind = one.kind AND link.reference = one.reference
            WHERE %s AND one.gone IS NOT TRUE AND link.gone IS NOT TRUE AND EXISTS (
                SELECT FROM customer_card_sync_link other
                WHERE other.source_id = one.source_id AND other.kind = one.kind
                    AND other.reference = one.reference AND other.id <> one.id
                    AND other.gone IS NOT TRUE
                    AND (one.archived IS TRUE OR other.archived IS NOT TRUE)
            )
            """,
            condition,
        )
        return self.browse(one for (one,) in self.env.execute_query(query))

    def _let_go(self):
        """Take away counterparts that were found by a number; return what they were, by id."""
        mine = self.filtered(lambda link: not link.by_hand)
        before = {link.id: (link.partner_id.id, link.product_id.id) for link in mine}
        before = {one: ours for one, ours in before.items() if any(ours)}
        if before:
            query = """
                UPDATE customer_card_sync_link SET partner_id = NULL, product_id = NULL
                WHERE id IN %s
            """
            self.env.cr.execute(SQL(query, tuple(before)))
            self.invalidate_model()
        return before

    def _addresses(self):
        """Return the addresses without a number of their own that stand for these customers."""
        customers = self.filtered(lambda link: link.kind == "customer")
        if not customers:
            return self.browse()
        return self.search(
            [
                ("source_id", "in", customers.source_id.ids),
                ("kind", "=", "customer"),
                ("is_address", "=", True),
                ("reference", "in", ("", False)),
                ("by_hand", "=", False),
                ("foreign_parent", "in", customers.mapped("foreign_id")),
            ]
        )

    def _follow_parents(self):
        """Let addresses stand for the customer that they belong to; return those that changed."""
        some = self | self._addresses()
        some |= some._addresses()
        if not some:
            return some
        query = SQL(
            """
            UPDATE customer_card_sync_link link SET partner_id = parent.partner_id
            FROM customer_card_sync_link parent
            WHERE link.id IN %s AND link.is_address AND COALESCE(link.reference, '') = ''
                AND link.by_hand IS NOT TRUE AND parent.source_id = link.source_id
                AND parent.kind = link.kind AND parent.foreign_id = link.foreign_parent
                AND link.partner_id IS DISTINCT FROM parent.partner_id
            RETURNING link.id
            """,
            tuple(some.ids),
        )
        changed = self.browse()
        for _ in range(2):  # an address of an address
            self.env.flush_all()
            changed |= self.browse(one for (one,) in self.env.execute_query(query))
            self.invalidate_model()
        return changed

    @api.model
    def _forget(self, stream, gone):
        """Note customers or articles that are not there any more.

        Their documents are read again: a merge has given them to somebody else without a trace.

        :param gone: their ids over there, by document
        """
        ids = [one for some in gone.values() for one in some]
        mine = [("source_id", "=", stream.source_id.id), ("kind", "=", stream.name)]
        links = self.search([*mine, ("foreign_id", "in", ids)]) if ids else self.browse()
        if not links:
            return
        query = "UPDATE customer_card_sync_link SET gone = true WHERE id IN %s"
        self.env.cr.execute(SQL(query, tuple(links.ids)))
        self.invalidate_model()
        if stream.name == "customer":
            stream.source_id.stream_ids._read_documents_of(ids)
            rest = self._sharing(stream.source_id, links.mapped("reference")) - links
            rest._match()

    def _tell_moved(self, before):
        """Say on the form of the foreign ERP whose receipts count for somebody else now.

        :param before: the counterparts that they had, ``{id: (partner, product)}``
        """
        moved = self.filtered(lambda link: link.kind == "customer" and link.id in before)
        for source in moved.source_id:
            mine = moved.filtered(lambda link, source=source: link.source_id == source)
            lines = [link._moved_line(before[link.id][0]) for link in mine[:TOLD]]
            if len(mine) > TOLD:
                lines.append(self.env._("and %s more", len(mine) - TOLD))
            source._tell(self.env._("Other numbers over there, other customers here:"), lines)

    def _moved_line(self, before):
        earned = self.env["customer.card.sync.document"]._read_group(
            [("source_id", "=", self.source_id.id), ("customer", "=", self.foreign_id)],
            [],
            ["__count", "earned:sum"],
        )
        nobody = self.env._("nobody")
        return self.env._(
            "%(name)s (%(number)s): %(before)s → %(now)s, %(documents)s documents, %(points)s"
            " points",
            name=self.name or self.foreign_id,
            number=self.reference or "–",
            before=self.env["res.partner"].browse(before).display_name if before else nobody,
            now=self.partner_id.display_name or nobody,
            documents=earned[0][0],
            points=shown(self.env, exact(earned[0][1])),
        )
