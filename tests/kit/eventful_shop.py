"""A foreign ERP in which everything happens that moves receipts from one person to another.

Odoo 14 with receipts of its own, or a plain Odoo 19 with invoices and counter sales. What its
customers ought to have is said by SQL on its tables, which knows neither mapping nor connector.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from dev import odoo
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import Host

PEOPLE = [f"F-{number:02}" for number in range(1, 17)]
# Their accounts here begin on this day: what was sold a minute before midnight earns nothing.
LATE, LATE_FROM = "F-16", "2026-06-02"
# From the first day, and from the second: so many francs are one euro.
FRANCS = {"2026-01-01": 2.0, "2026-06-02": 4.0}
SERVICE, ARTICLE = "CHK", "PS"

# What Odoo's settings ask for where somebody makes a model: its own receipts, where the customer
# stands behind an account and the time is a text of the shop's clock.
MODELS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "x_konto": [("x_name", "char", {}), ("x_inhaber_id", "many2one", {"relation": "res.partner"})],
    "x_zettel": [
        ("x_name", "char", {}),
        ("x_wann", "char", {}),
        ("x_stand", "char", {}),
        ("x_art", "char", {}),
        ("x_konto_id", "many2one", {"relation": "x_konto"}),
        ("x_geld_id", "many2one", {"relation": "res.currency"}),
    ],
    "x_posten": [
        ("x_zettel_id", "many2one", {"relation": "x_zettel", "on_delete": "cascade"}),
        ("x_ware_id", "many2one", {"relation": "product.product"}),
        ("x_menge", "float", {}),
        ("x_brutto", "float", {}),
    ],
}
MAPPING = """\
extends: odoo-14
version: 14
timezone: Europe/Berlin
invoice_line:
  from: x_posten
  where: []
  watch: [write_date, x_zettel_id.write_date, x_zettel_id.x_konto_id.write_date]
  fingerprint: [x_brutto]
  live: {x_zettel_id.x_stand: [bezahlt]}
  fields:
    document: x_zettel_id
    number: x_zettel_id.x_name
    date: {path: x_zettel_id.x_wann, format: "%d.%m.%Y %H:%M"}
    customer: x_zettel_id.x_konto_id.x_inhaber_id
    product: x_ware_id
    quantity: {path: x_menge, negate_when: {x_zettel_id.x_art: zurueck}}
    unit: {const: null}
    price: x_brutto
    discount: {const: 0}
    net: {path: x_brutto, negate_when: {x_zettel_id.x_art: zurueck}}
    gross: {path: x_brutto, negate_when: {x_zettel_id.x_art: zurueck}}
    currency: x_zettel_id.x_geld_id
    shop: {const: null}
"""
# For the shell of an Odoo 19 as it is installed.
SHOP = """
env.ref("base.user_admin").write({"password": "demo", "tz": "Europe/Berlin"})
groups = [
    "base.group_user", "account.group_account_invoice", "account.group_account_readonly",
    "point_of_sale.group_pos_manager",
]
env["res.users"].create({
    "name": "Sync", "login": "sync", "password": "demo",
    "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
})
(env.ref("base.EUR") | env.ref("base.CHF")).active = True
env.company.currency_id = env.ref("base.EUR")
for code, kind in (("CHK", "service"), ("PS", "consu")):
    env["product.product"].create({
        "name": code, "default_code": code, "type": kind, "taxes_id": [(5,)],
    })
config = env["pos.config"].create({"name": "Theke"})
env["pos.session"].create({"config_id": config.id, "user_id": env.ref("base.user_admin").id})
env.cr.commit()
"""

# Who has which number: the only one with it, or the only one that is not archived; an address
# without a number is who it belongs to.
_NUMBERED = """
    WITH numbered AS (
        SELECT person.id, person.ref FROM res_partner person WHERE person.ref > '' AND NOT EXISTS (
            SELECT FROM res_partner twin WHERE twin.ref = person.ref AND twin.id <> person.id
                AND (twin.active OR NOT person.active)
        )
    ), known AS (
        SELECT id, ref FROM numbered UNION ALL
        SELECT address.id, numbered.ref FROM res_partner address
        JOIN numbered ON numbered.id = address.parent_id
        WHERE address.type <> 'contact' AND COALESCE(address.ref, '') = ''
    ), sold AS ({sold})
    SELECT known.ref, sum(amount * CASE kind WHEN 'service' THEN 5 ELSE 10 END
        / CASE WHEN currency <> 'CHF' THEN 1 WHEN day < '2026-06-02' THEN 2 ELSE 4 END)
    FROM sold JOIN known ON known.id = sold.person
    WHERE known.ref LIKE 'F-%' AND (known.ref <> '{late}' OR day >= '{late_from}')
    GROUP BY known.ref ORDER BY known.ref
"""


def welcome(host: Host) -> None:
    """Let its customers collect points here, and francs have rates; once for several sources."""
    host.enrol({ref: LATE_FROM if ref == LATE else "2026-01-01" for ref in PEOPLE})
    host.rate("CHF", FRANCS)


def mapping_of(version: str, folder: Path) -> str:
    """Return the mapping for Odoo 14 with its own receipts, or 19 as it is."""
    if version != "14":
        return f"odoo-{version}"
    path = folder / "own.yaml"
    path.write_text(MAPPING)
    return str(path)


class EventfulShop(ForeignErp):
    """The customers F-01 to F-16, and what happens to them."""

    # Its models, the link between them, and SQL for lines that are articles.
    header: ClassVar[str]
    line: ClassVar[str]
    parent: ClassVar[str]
    told: ClassVar[str] = "true"
    # SQL: each line with its person, day, currency, kind and amount.
    sold: ClassVar[str]

    STAMPED: ClassVar[Sequence[str]] = (
        "sale_and_return",
        "francs",
        "swapped_numbers",
        "renumbered",
        "twins",
        "archived",
        "address",
        "midnight",
    )
    SILENT: ClassVar[Sequence[str]] = (
        "merged",
        "deleted",
        "cancelled_header",
        "other_header",
        "swapped_amounts",
    )

    def __init__(self, server: odoo.Server) -> None:
        super().__init__(server.url, server.database)
        self._server = server
        self._people = {
            ref: self.create("res.partner", name=f"Customer {ref}", ref=ref) for ref in PEOPLE
        }
        self._rules: list[int] = []

    def sell(
        self,
        person: str | int,
        *lines: tuple[str, float],
        at: str = "2026-05-20 12:00",
        currency: str = "EUR",
        kind: str = "",
    ) -> int:
        """Sell some articles, return the receipt.

        :param person: a number, or the id of somebody
        :param at: the shop's clock; *kind*: "return" for goods that come back
        """
        raise NotImplementedError

    def sql(self, statement: str) -> str:
        """Run a statement of which Odoo knows nothing: no time stamp is written."""
        return self._server.cluster.sql(statement, self._server.database)

    def worth(self) -> dict[str, float]:
        """Return the points that each number ought to have."""
        query = _NUMBERED.format(sold=self.sold, late=LATE, late_from=LATE_FROM)
        rows = [line.split("|") for line in self.sql(query).splitlines()]
        return {ref: float(points) for ref, points in rows if float(points)}

    def before(self) -> None:
        """Sell each of them something, before anything happens."""
        for number, ref in enumerate(PEOPLE):
            self.sell(ref, (ARTICLE, 20.0 + 2 * number), (SERVICE, 40.0), at="2026-06-03 11:00")

    # --- what a time stamp tells ---------------------------------------------------------

    def sale_and_return(self) -> None:
        """Somebody buys, and brings a part of it back."""
        self.sell("F-01", (ARTICLE, 60.0), (SERVICE, 20.0))
        self.sell("F-01", (ARTICLE, 20.0), kind="return")

    def francs(self) -> None:
        """Francs are euros by the rate of the shop's day."""
        self.sell("F-02", (ARTICLE, 80.0), at="2026-06-01 23:50", currency="CHF")
        self.sell("F-02", (ARTICLE, 80.0), at="2026-06-02 00:10", currency="CHF")

    def swapped_numbers(self) -> None:
        """Two customers change their numbers, each by a call of its own."""
        for ref, value in (("F-03", "F-03x"), ("F-04", "F-03"), ("F-03x", "F-04")):
            self.touch("res.partner", [self.customer(ref)], ref=value)

    def renumbered(self) -> None:
        """A customer gets a number that nobody knows here."""
        self.touch("res.partner", [self.customer("F-05")], ref="Z-05")

    def twins(self) -> None:
        """A second customer gets a number: whose points they are nobody can say."""
        twin = self.create("res.partner", name="Twin", ref="F-06")
        self.sell(twin, (ARTICLE, 10.0))

    def archived(self) -> None:
        """An archived customer keeps everything; an archived twin steps back."""
        self.touch("res.partner", [self.customer("F-07")], active=False)
        twin = self.create("res.partner", name="Old twin", ref="F-08")
        self.sell(twin, (ARTICLE, 10.0))
        self.touch("res.partner", [twin], active=False)

    def address(self) -> None:
        """An invoice goes to an address of a customer."""
        home = {"parent_id": self.customer("F-09"), "type": "invoice"}
        self.sell(self.create("res.partner", name="Office", **home), (ARTICLE, 30.0))

    def midnight(self) -> None:
        """A minute before and after midnight, where the shop is."""
        self.sell(LATE, (ARTICLE, 100.0), at="2026-06-01 23:59")
        self.sell(LATE, (ARTICLE, 50.0), at="2026-06-02 00:01")

    # --- what nothing tells --------------------------------------------------------------

    def merged(self) -> None:
        """Odoo's own wizard merges a customer into another, who keeps another number."""
        kept, gone = self.customer("F-10"), self.customer("F-11")
        values = {
            "state": "selection",
            "partner_ids": [[6, 0, [kept, gone]]],
            "dst_partner_id": kept,
        }
        wizard = self.create("base.partner.merge.automatic.wizard", **values)
        self.call("base.partner.merge.automatic.wizard", "action_merge", [wizard])

    def deleted(self) -> None:
        """A customer without receipts is deleted, and one of two with a number."""
        self.unlink("res.partner", [self.create("res.partner", name="Nobody", ref="F-99")])
        twin = self.create("res.partner", name="Second", ref="F-12")
        self.unlink("res.partner", [twin])

    def cancelled_header(self) -> None:
        """SQL cancels a receipt; its lines are not written."""
        raise NotImplementedError

    def other_header(self) -> None:
        """SQL gives a receipt to somebody else; its lines are not written."""
        raise NotImplementedError

    def swapped_amounts(self) -> None:
        """SQL swaps the amounts of two receipts: every sum stays the same."""
        raise NotImplementedError

    def happen(self, name: str) -> None:
        """Let one of the events happen."""
        event: Callable[[], None] = getattr(self, name)
        event()

    # --- what a record rule hides --------------------------------------------------------

    def hide(self, model: str, *terms: tuple[str, str, Any]) -> None:
        """Let a record rule show only these records of a model."""
        rule = {
            "name": "hidden",
            "model_id": self.one("ir.model", ("model", "=", model)),
            "domain_force": str(list(terms)),
        }
        self._rules.append(self.create("ir.rule", **rule))

    def hide_half(self) -> None:
        """Hide every other receipt with its lines."""
        headers = self.call(self.header, "search", domain=[], order="id")
        self.hide(self.header, ("id", "in", headers[::2]))
        self.hide(self.line, (self.parent, "in", headers[::2]))

    def hide_header(self, ref: str) -> int:
        """Hide a receipt of a customer, not its lines, and write these; return how many."""
        header = self._of(ref)
        self.hide(self.header, ("id", "!=", header))
        table = self.line.replace(".", "_")
        mine = f"FROM {table} WHERE {self.parent} = {header}"
        self.sql(
            f"UPDATE {table} SET write_date = now() AT TIME ZONE 'UTC'"
            f" WHERE id IN (SELECT id {mine})"
        )
        return int(self.sql(f"SELECT count(*) {mine} AND {self.told}"))

    def show(self) -> None:
        """Show everything again."""
        self.unlink("ir.rule", self._rules)
        self._rules = []

    def _of(self, ref: str) -> int:
        """Return the first receipt of a customer."""
        raise NotImplementedError

    def _person(self, person: str | int) -> int:
        return self.customer(person) if isinstance(person, str) else person


class Receipts(EventfulShop):
    """Odoo 14 with receipts of its own."""

    header, line, parent = "x_zettel", "x_posten", "x_zettel_id"
    sold = """
        SELECT z.id, k.x_inhaber_id AS person, to_date(z.x_wann, 'DD.MM.YYYY') AS day,
            c.name AS currency, t.type AS kind,
            p.x_brutto * CASE WHEN z.x_art = 'zurueck' THEN -1 ELSE 1 END AS amount
        FROM x_posten p JOIN x_zettel z ON z.id = p.x_zettel_id
        JOIN x_konto k ON k.id = z.x_konto_id JOIN res_currency c ON c.id = z.x_geld_id
        JOIN product_product v ON v.id = p.x_ware_id
        JOIN product_template t ON t.id = v.product_tmpl_id WHERE z.x_stand = 'bezahlt'
    """
    SILENT = (*EventfulShop.SILENT, "other_holder", "deleted_with_receipts")

    def __init__(self, server: odoo.Server) -> None:
        super().__init__(server)
        # It is open for the whole day, and Odoo deletes no customer meanwhile.
        self.sql("UPDATE pos_session SET state = 'closed'")
        rights = {"perm_read": 1, "perm_write": 1, "perm_create": 1, "perm_unlink": 1}
        group = self.one("res.groups", ("full_name", "=", "User types / Internal User"))
        for model, fields in MODELS.items():
            made = [
                [0, 0, {"name": name, "field_description": name, "ttype": kind, **more}]
                for name, kind, more in fields
            ]
            id_ = self.create("ir.model", name=model, model=model, field_id=made)
            self.create("ir.model.access", name=model, model_id=id_, group_id=group, **rights)
        self.touch("res.currency", [self._currency("CHF")], active=True)
        self._accounts: dict[int, int] = {}

    def _currency(self, code: str) -> int:
        found = self.call(
            "res.currency",
            "search",
            domain=[["name", "=", code]],
            context={"active_test": False},
        )
        return int(found[0])

    def sell(
        self,
        person: str | int,
        *lines: tuple[str, float],
        at: str = "2026-05-20 12:00",
        currency: str = "EUR",
        kind: str = "",
    ) -> int:
        day, _, clock = at.partition(" ")
        who = self._person(person)
        if who not in self._accounts:
            self._accounts[who] = self.create("x_konto", x_name=str(who), x_inhaber_id=who)
        made = self.create(
            "x_zettel",
            x_name=f"Z/{who}",
            x_wann=f"{'.'.join(reversed(day.split('-')))} {clock}",
            x_stand="bezahlt",
            x_art="zurueck" if kind else "",
            x_konto_id=self._accounts[who],
            x_geld_id=self._currency(currency),
        )
        for code, amount in lines:
            item = {"x_ware_id": self.product(code), "x_menge": 1, "x_brutto": amount}
            self.create("x_posten", x_zettel_id=made, **item)
        return made

    def _of(self, ref: str) -> int:
        query = (
            "SELECT min(z.id) FROM x_zettel z JOIN x_konto k ON k.id = z.x_konto_id"
            f" JOIN res_partner p ON p.id = k.x_inhaber_id WHERE p.ref = '{ref}'"
        )
        return int(self.sql(query))

    def cancelled_header(self) -> None:
        self.sql(f"UPDATE x_zettel SET x_stand = 'storniert' WHERE id = {self._of('F-13')}")

    def other_header(self) -> None:
        other = self._accounts[self.customer("F-15")]
        self.sql(f"UPDATE x_zettel SET x_konto_id = {other} WHERE id = {self._of('F-14')}")

    def other_holder(self) -> None:
        """SQL gives an account, which stands between receipt and customer, to somebody else."""
        account, other = self._accounts[self.customer("F-01")], self.customer("F-02")
        self.sql(f"UPDATE x_konto SET x_inhaber_id = {other} WHERE id = {account}")

    def swapped_amounts(self) -> None:
        first, second = self._of("F-15"), self._of(LATE)
        self.sql(
            "UPDATE x_posten p SET x_brutto = q.x_brutto FROM x_posten q"
            " WHERE p.x_ware_id = q.x_ware_id AND (p.x_zettel_id, q.x_zettel_id)"
            f" IN (({first}, {second}), ({second}, {first}))"
        )

    def deleted_with_receipts(self) -> None:
        """A customer is deleted whose receipts stay, as this model has it: they are nobody's."""
        self.unlink("res.partner", [self.customer("F-12")])


class Invoices(EventfulShop):
    """Odoo 19 with invoices, and counter sales for what depends on the time of the day."""

    header, line, parent = "account.move", "account.move.line", "move_id"
    told = "display_type = 'product'"
    sold = """
        SELECT m.id, m.partner_id AS person, m.date AS day, c.name AS currency, t.type AS kind,
            l.price_total * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS amount
        FROM account_move_line l JOIN account_move m ON m.id = l.move_id
        JOIN res_currency c ON c.id = m.currency_id JOIN product_product v ON v.id = l.product_id
        JOIN product_template t ON t.id = v.product_tmpl_id
        WHERE m.state = 'posted' AND l.display_type = 'product'
        UNION ALL
        SELECT o.id, o.partner_id, (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin')
            ::date, 'EUR', t.type, l.price_subtotal_incl
        FROM pos_order_line l JOIN pos_order o ON o.id = l.order_id
        JOIN product_product v ON v.id = l.product_id
        JOIN product_template t ON t.id = v.product_tmpl_id WHERE o.state = 'paid'
    """

    def sell(
        self,
        person: str | int,
        *lines: tuple[str, float],
        at: str = "2026-05-20 12:00",
        currency: str = "EUR",
        kind: str = "",
    ) -> int:
        items = [
            {"product_id": self.product(code), "quantity": 1, "price_unit": amount}
            for code, amount in lines
        ]
        move = self.create(
            "account.move",
            move_type="out_refund" if kind else "out_invoice",
            partner_id=self._person(person),
            invoice_date=at[:10],
            currency_id=self.one("res.currency", ("name", "=", currency)),
            invoice_line_ids=[[0, 0, {**item, "tax_ids": [[5]]}] for item in items],
        )
        self.call("account.move", "action_post", [move])
        return move

    def midnight(self) -> None:
        for stamp, amount in (("2026-06-01 21:59:00", 100.0), ("2026-06-01 22:01:00", 50.0)):
            line = {
                "product_id": self.product(ARTICLE),
                "name": ARTICLE,
                "qty": 1,
                "price_unit": amount,
                "price_subtotal": amount,
                "price_subtotal_incl": amount,
            }
            order = self.create(
                "pos.order",
                session_id=self.one("pos.session"),
                partner_id=self.customer(LATE),
                date_order=stamp,
                lines=[[0, 0, line]],
                amount_tax=0,
                amount_total=amount,
                amount_paid=amount,
                amount_return=0,
            )
            self.touch("pos.order", [order], state="paid")

    def _of(self, ref: str) -> int:
        who = self.customer(ref)
        return self.one("account.move", ("partner_id", "=", who), ("state", "=", "posted"))

    def cancelled_header(self) -> None:
        self.sql(f"UPDATE account_move SET state = 'cancel' WHERE id = {self._of('F-13')}")

    def other_header(self) -> None:
        move, other = self._of("F-14"), self.customer("F-15")
        self.sql(f"UPDATE account_move SET partner_id = {other} WHERE id = {move}")

    def swapped_amounts(self) -> None:
        first, second = self._of("F-15"), self._of(LATE)
        self.sql(
            "UPDATE account_move_line p SET price_total = q.price_total FROM account_move_line q"
            " WHERE p.product_id = q.product_id AND (p.move_id, q.move_id)"
            f" IN (({first}, {second}), ({second}, {first}))"
        )
