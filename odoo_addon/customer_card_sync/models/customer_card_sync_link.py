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
    _inherit = ["customer.card.server.fields"]
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
    foreign_parent = fields.Integer(readonly=True)
    is_address = fields.Boolean(readonly=True, help="Without a number it stands for its customer.")
    archived = fields.Boolean(readonly=True, string="Archived there")
    gone = fields.Boolean(readonly=True, string="Not there any more")
    by_hand = fields.Boolean(readonly=True, help="Set by somebody: numbers do not change it.")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    product_id = fields.Many2one("product.product", string="Article", ondelete="set null")

    _foreign_unique = models.UniqueIndex("(source_id, kind, foreign_id)")
    _number = models.Index("(source_id, kind, reference)")
    _address = models.Index("(source_id, foreign_parent) WHERE is_address")
    _partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")

    def write(self, values):
        """A counterpart that is corrected by hand moves the points of its documents."""
        ours = {"partner_id", "product_id"} & set(values)
        if ours:
            values = {**values, "by_hand": any(values[name] for name in ours)}
        res = super().write(values)
        if ours:
            (self | self._follow_parents())._settle()
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
                "foreign_parent": one.get("parent") or 0,
                "is_address": (one.get("role") or "contact") != "contact",
                "archived": one.get("archived") == "archived",
            }
            for one in documents
        ]
        query = SQL(
            """
            WITH sent AS (
                SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(
                    foreign_id integer, name text, reference text, barcode text,
                    is_service boolean, foreign_parent integer, is_address boolean,
                    archived boolean
                )
            ), old AS MATERIALIZED (
                SELECT link.* FROM customer_card_sync_link link JOIN sent USING (foreign_id)
                WHERE link.source_id = %(source)s AND link.kind = %(kind)s
            ), written AS (
                INSERT INTO customer_card_sync_link
                    (source_id, kind, foreign_id, name, reference, barcode, is_service,
                    foreign_parent, is_address, archived, gone)
                SELECT %(source)s, %(kind)s, foreign_id, name, reference, barcode, is_service,
                    foreign_parent, is_address, archived, false
                FROM sent
                ON CONFLICT (source_id, kind, foreign_id) DO UPDATE SET
                    name = excluded.name, reference = excluded.reference,
                    barcode = excluded.barcode, is_service = excluded.is_service,
                    foreign_parent = excluded.foreign_parent, is_address = excluded.is_address,
                    archived = excluded.archived, gone = false
                RETURNING id, foreign_id, reference, barcode, foreign_parent, is_address
            )
            SELECT new.id, old.id IS NULL, old.reference, old.id IS NOT NULL AND (
                (old.reference, old.barcode) IS DISTINCT FROM (new.reference, new.barcode)
                OR (COALESCE(old.foreign_parent, 0), COALESCE(old.is_address, false))
                    <> (new.foreign_parent, new.is_address) AND new.reference = ''
            )
            FROM written new LEFT JOIN old USING (foreign_id)
            """,
            source=stream.source_id.id,
            kind=stream.name,
            rows=json.dumps(rows),
        )
        answer = self.env.execute_query(query)
        self.invalidate_model()
        links = self.browse(one for one, *_ in answer)
        renamed = self.browse(one for one, _, _, is_renamed in answer if is_renamed)
        # Who had this number, or has it now, may be alone with it from now on, or not any more.
        numbers = {old for _, _, old, is_renamed in answer if is_renamed and old}
        others = links._sharing(stream.source_id, numbers | set(renamed.mapped("reference")))
        found = (links | others)._match(renamed)
        stream._read_again(links._rivals().mapped("foreign_id"))
        # Documents that were here first have counted without an article nobody has here.
        is_new = {one: new for one, new, *_ in answer}
        (links - found).filtered(
            lambda link: is_new[link.id] and link.kind == "product" and link._article()
        )._settle()

    def _match(self, renamed=None):
        """Find the counterparts of those who have none: the only one with the same number.

        :param renamed: those that have another number now: they keep their counterpart only if it
            has this number, too
        :return: those that have another counterpart than before
        """
        self.env.flush_all()
        before = (renamed or self.browse())._let_go()
        found = self.browse()
        for source, kind in {(link.source_id, link.kind) for link in self}:
            some = self.filtered(
                lambda link, source=source, kind=kind: (
                    link.source_id == source and link.kind == kind
                )
            )
            for column, table, ours, theirs in REFERENCES[kind]:
                found |= some._match_by(source, column, table, ours, theirs)
        self.invalidate_model()
        moved = (found | self.browse(before)).filtered(
            lambda link: (link.partner_id.id, link.product_id.id) != before.get(link.id, (0, 0))
        )
        moved |= (self | moved)._follow_parents()
        moved._tell_moved(before)
        moved._settle()
        return moved

    def _match_by(self, source, column, table, ours, theirs):
        # Articles belong to companies by their templates; their numbers are the shop's own.
        alone = SQL("true") if table != "res_partner" else self._alone()
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
                AND link.gone IS NOT TRUE AND link.by_hand IS NOT TRUE AND %(alone)s
            RETURNING link.id
            """,
            alone=alone,
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
