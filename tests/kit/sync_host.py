"""Odoo 19 with our addon, as a foreign ERP is brought there."""

from collections.abc import Mapping
from datetime import time as clock_time

from connector.erp import Erp, ErpSettings, connect
from connector.foreign.host import SyncHost
from connector.foreign.pace import Night, Pace
from connector.foreign.source import Source
from connector.mapping import schema
from connector.rows import Rows
from tests.kit.foreign_erp import ForeignErp

ALWAYS = Night(clock_time(0), clock_time(0), "UTC")
MEIER = "K-0001"
LOGINS = {"14": "sync", "19": "admin"}


class Host:
    """Its manager and its worker."""

    def __init__(self, odoo, source):
        self.odoo = odoo
        self.boss = ForeignErp(odoo.url, odoo.database)
        key = (odoo.keys / "worker.key").read_text().strip()
        self.erp = connect(ErpSettings(odoo.url, odoo.database, "worker", key))
        self.remote = SyncHost(self.erp, source)
        self.boss.create("customer.card.sync.source", name=source)
        meier = self.boss.one("res.partner", ("name", "=", "Erika Meier"))
        self.boss.touch("res.partner", [meier], ref=MEIER)
        self.account = self.boss.one(
            "loyalty.card", ("partner_id", "=", meier), ("program_id.kind", "=", "points")
        )

    def points(self):
        """Return Erika Meier's points."""
        (card,) = self.boss.call("loyalty.card", "read", [self.account], fields=["points"])
        return card["points"]

    def enrol(self, people: Mapping[str, str]):
        """Make customers who collect points from a day on, by their numbers."""
        (card,) = self.boss.call("loyalty.card", "read", [self.account], fields=["program_id"])
        for ref, day in people.items():
            partner = self.boss.create("res.partner", name=f"Customer {ref}", ref=ref)
            wish = {"program_id": card["program_id"][0], "partner_id": partner, "valid_from": day}
            wizard = self.boss.create("loyalty.enrol", **wish)
            self.boss.call("loyalty.enrol", "action_enrol", [wizard])

    def rate(self, code: str, rates: Mapping[str, float]):
        """Let a currency have rates, by the day from which they are."""
        archived = {"active_test": False}
        domain = [["name", "=", code]]
        found = self.boss.call("res.currency", "search", domain=domain, context=archived)
        self.boss.touch("res.currency", found, active=True)
        for day, rate in rates.items():
            self.boss.create("res.currency.rate", currency_id=found[0], name=day, rate=rate)

    def earned(self):
        """Return the points that this source has brought, by the numbers of the customers."""
        rows = self.odoo.cluster.sql(
            "SELECT partner.ref, sum(entry.delta) FROM loyalty_card_entry entry"
            " JOIN loyalty_card card ON card.id = entry.card_id"
            " JOIN res_partner partner ON partner.id = card.partner_id"
            " JOIN customer_card_sync_document document ON document.id = entry.origin_id"
            " JOIN customer_card_sync_source source ON source.id = document.source_id"
            " WHERE entry.origin_model = 'customer.card.sync.document'"
            f" AND source.name = '{self.remote.source}' GROUP BY partner.ref",
            self.odoo.database,
        )
        found = dict(line.split("|") for line in rows.splitlines())
        return {ref: float(points) for ref, points in found.items() if float(points)}

    def rejected(self):
        """Return the rows that wait."""
        mine = [["source_id.name", "=", self.remote.source]]
        return self.boss.call("customer.card.sync.reject", "search", domain=mine)

    def vanished(self):
        """Return what its form asks for."""
        return self.form("vanished")

    def form(self, field):
        """Return what its form shows; nothing is the empty text."""
        source = self.boss.one("customer.card.sync.source", ("name", "=", self.remote.source))
        found = self.boss.call("customer.card.sync.source", "read", [source], fields=[field])
        return found[0][field] or ""

    def compare(self):
        """Press "Compare now": the worker does it."""
        source = self.boss.one("customer.card.sync.source", ("name", "=", self.remote.source))
        self.boss.call("customer.card.sync.source", "action_compare", [source])

    def earn_on_discounted(self, wanted):
        """Let discounted lines earn points, or nothing."""
        (card,) = self.boss.call("loyalty.card", "read", [self.account], fields=["program_id"])
        program = card["program_id"][:1]
        self.boss.touch("loyalty.program", program, earn_on_discounted=wanted)

    def kept(self, stream, *fields):
        """Return what is kept of a stream, by SQL's own words: key and *fields* of the document."""
        wanted = ", ".join(f"line.data->>'{name}'" for name in fields)
        rows = self.odoo.cluster.sql(
            f"SELECT line.key, line.gone, {wanted} FROM customer_card_sync_line line"
            " JOIN customer_card_sync_stream s ON s.id = line.stream_id"
            " JOIN customer_card_sync_source c ON c.id = s.source_id"
            f" WHERE s.name = '{stream}' AND c.name = '{self.remote.source}' AND NOT line.gone",
            self.odoo.database,
        )
        return [line.split("|") for line in rows.splitlines()]


def sign_in(foreign, version: str, login: str = "") -> Erp:
    """Return the foreign ERP as the worker's user sees it."""
    login = login or LOGINS[version]
    return connect(ErpSettings(foreign.url, foreign.database, login, "demo", "web"))


def puller(foreign, host: Host, version: str, window_s: float, **options) -> Source:
    """Return what brings *foreign* to *host*, at full speed."""
    erp = sign_in(foreign, version, options.pop("login", ""))
    rows = Rows(erp, schema.load(options.pop("mapping", f"odoo-{version}")))
    pace = Pace(ALWAYS, sleep=lambda _: None)
    return Source(host.remote, rows, pace, window_s=window_s, **options)
