import json

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_card_sync_stream import DOCUMENTS

# What a customer or article of ours is found by; the first that finds exactly one wins.
REFERENCES = {
    "customer": [("partner_id", "res_partner", "ref", "reference")],
    "product": [
        ("product_id", "product_product", "default_code", "reference"),
        ("product_id", "product_product", "barcode", "barcode"),
    ],
}


class CustomerCardSyncLink(models.Model):
    """Who is who: a customer or article of a foreign ERP and its counterpart here."""

    _name = "customer.card.sync.link"
    _description = "Counterpart in a foreign ERP"
    _order = "kind, reference, id"
    _rec_name = "name"

    source_id = fields.Many2one(
        "customer.card.sync.source", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("customer", "Customer"), ("product", "Article")], required=True, readonly=True
    )
    foreign_id = fields.Integer(required=True, readonly=True)
    name = fields.Char(readonly=True)
    reference = fields.Char(readonly=True, string="Number")
    barcode = fields.Char(readonly=True)
    is_service = fields.Boolean(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    product_id = fields.Many2one("product.product", string="Article", ondelete="set null")

    _foreign_unique = models.UniqueIndex("(source_id, kind, foreign_id)")
    _partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")

    def write(self, values):
        """A counterpart that is corrected by hand moves the points of its documents."""
        res = super().write(values)
        if {"partner_id", "product_id"} & set(values):
            self._settle()
        return res

    @api.model
    def _learn(self, stream, documents):
        """Note the customers or articles of a page and look for their counterparts."""
        if not documents:
            return
        rows = [
            {
                "foreign_id": int(one["key"].rpartition(":")[2]),
                "name": one["name"],
                "reference": one.get("reference") or one.get("code") or "",
                "barcode": one.get("barcode") or "",
                "is_service": one.get("kind") == "service",
            }
            for one in documents
        ]
        query = SQL(
            """
            INSERT INTO customer_card_sync_link
                (source_id, kind, foreign_id, name, reference, barcode, is_service)
            SELECT %s, %s, foreign_id, name, reference, barcode, is_service
            FROM jsonb_to_recordset(%s::jsonb) AS row(
                foreign_id integer, name text, reference text, barcode text, is_service boolean
            )
            ON CONFLICT (source_id, kind, foreign_id) DO UPDATE SET
                name = excluded.name, reference = excluded.reference, barcode = excluded.barcode,
                is_service = excluded.is_service
            RETURNING id, xmax = 0
            """,
            stream.source_id.id,
            stream.name,
            json.dumps(rows),
        )
        is_new = dict(self.env.execute_query(query))
        self.invalidate_model()
        links = self.browse(is_new)
        found = links._match()
        # Documents that were here first have counted without an article nobody has here.
        (links - found).filtered(
            lambda link: is_new[link.id] and link.kind == "product" and link._article()
        )._settle()

    def _match(self):
        """Find the counterparts of those who have none: the only one with the same number."""
        found = self.browse()
        self.env.flush_all()
        for source, kind in {(link.source_id, link.kind) for link in self}:
            some = self.filtered(
                lambda link, source=source, kind=kind: (
                    link.source_id == source and link.kind == kind
                )
            )
            for column, table, ours, theirs in REFERENCES[kind]:
                found |= some._match_by(source, column, table, ours, theirs)
        self.invalidate_model()
        found._settle()
        return found

    def _match_by(self, source, column, table, ours, theirs):
        # Articles belong to companies by their templates; their numbers are the shop's own.
        where = SQL("active AND %s <> ''", SQL.identifier(ours))
        if table == "res_partner":
            company = SQL("(company_id IS NULL OR company_id = %s)", source.company_id.id)
            where = SQL("%s AND %s", where, company)
        query = SQL(
            """
            UPDATE customer_card_sync_link link SET %(column)s = ours.id
            FROM (
                SELECT min(id) AS id, %(ours)s AS number FROM %(table)s
                WHERE %(where)s GROUP BY %(ours)s HAVING count(*) = 1
            ) ours
            WHERE link.id IN %(ids)s AND link.%(column)s IS NULL AND link.%(theirs)s = ours.number
            RETURNING link.id
            """,
            where=where,
            column=SQL.identifier(column),
            table=SQL.identifier(table),
            ours=SQL.identifier(ours),
            theirs=SQL.identifier(theirs),
            ids=tuple(self.ids),
        )
        return self.browse(one for (one,) in self.env.execute_query(query))

    def _settle(self):
        """Settle the documents that name these customers or articles."""
        if not self:
            return
        mine = [("source_id", "in", self.source_id.ids), ("name", "in", DOCUMENTS)]
        self.env["customer.card.sync.stream"].sudo().search(mine)._take_turn()
        documents = self.env["customer.card.sync.document"].sudo()
        for source in self.source_id:
            mine = self.filtered(lambda link, source=source: link.source_id == source)
            customers = mine.filtered(lambda link: link.kind == "customer").mapped("foreign_id")
            articles = mine.filtered(lambda link: link.kind == "product").mapped("foreign_id")
            domain = [("source_id", "=", source.id), ("customer", "in", customers)]
            concerned = documents.search(domain) if customers else documents
            if articles:
                concerned |= documents._naming(source, articles)
            concerned._settle()

    @api.model
    def _translate(self, source, documents):
        """Return the lines with our ids in place of theirs."""
        wanted = {
            "customer": {line.get("customer") for line in documents},
            "product": {line.get("product") for line in documents},
        }
        known = {}
        for kind, ids in wanted.items():
            domain = [
                ("source_id", "=", source.id),
                ("kind", "=", kind),
                ("foreign_id", "in", [one for one in ids if one]),
            ]
            known[kind] = {link.foreign_id: link for link in self.search(domain)}
        return [
            {
                **line,
                "customer": known["customer"][line["customer"]].partner_id.id
                if line.get("customer") in known["customer"]
                else False,
                "product": known["product"][line["product"]]._article().id
                if line.get("product") in known["product"]
                else False,
            }
            for line in documents
        ]

    def _article(self):
        """Return our article, or the one that stands for those nobody has here."""
        source = self.source_id
        return self.product_id or (source.service_id if self.is_service else source.article_id)
