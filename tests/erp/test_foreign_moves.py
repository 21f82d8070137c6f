"""Goods in a real Odoo 14 and 19: issued there and read here, issued here and booked there."""

import pytest

from connector.erp import ErpSettings, connect
from tests.kit.carrier import Carrier, by
from tests.kit.foreign_erp import ForeignErp
from tests.kit.foreign_moves import SIGN, ForeignMoves
from tests.kit.foreign_shop import ForeignShop
from tests.kit.free_issues import FreeIssues
from tests.kit.sync_host import MEIER, Host, puller

STREAMS = ("customer", "product", "stock_move")
FLAGGED = {SIGN: True}
BATTERIES = "BATT"


@pytest.fixture(scope="module", params=["14", "19"])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def foreign(version, request):
    return request.getfixturevalue("odoo14" if version == "14" else "plain_odoo19")


@pytest.fixture(scope="module")
def host(odoo, version):
    return Host(odoo, f"stock-{version}")


@pytest.fixture(scope="module")
def shop(foreign, tmp_path_factory):
    shop = ForeignMoves(foreign.url, foreign.database, tmp_path_factory.mktemp("mapping"))
    shop.create("res.partner", name="For nothing", ref=BATTERIES)
    return shop


@pytest.fixture(scope="module")
def pull(foreign, host, shop, version):
    pull = puller(foreign, host, version, 2, mapping=shop.mapping, streams=STREAMS)
    pull.changes()
    assert not pull.past()
    return pull


@pytest.fixture(scope="module")
def counter(odoo):
    """Erika Meier's counter of 1000 batteries."""
    boss = ForeignErp(odoo.url, odoo.database)
    line = {"product_id": boss.product("B10"), "quantity": 1000}
    program = boss.create(
        "loyalty.program", name="Issued elsewhere", kind="bonus_item", line_ids=[[0, 0, line]]
    )
    meier = boss.one("res.partner", ("name", "=", "Erika Meier"))
    wish = boss.create("loyalty.enrol", program_id=program, partner_id=meier)
    boss.call("loyalty.enrol", "action_enrol", [wish])
    return boss.one("loyalty.card", ("program_id", "=", program))


@pytest.fixture(scope="module")
def free(odoo):
    """Branch F and employee E, whose goods lie in the stock of another ERP."""
    key = (odoo.keys / "till.key").read_text().strip()
    till = connect(ErpSettings(odoo.url, odoo.database, "theke1", key))
    boss = ForeignErp(odoo.url, odoo.database)
    boss.touch("res.company", [boss.one("res.company")], card_stock_foreign=True)
    free = FreeIssues(boss.erp, till, boss.product("B10"))
    boss.touch("res.partner", [free.customer], ref=BATTERIES)
    return free


@pytest.fixture
def taken(host, pull, counter):
    """Bring everything over; then return how many pieces the counter gave since the test began."""

    def points() -> float:
        pull.changes()
        (card,) = host.boss.call("loyalty.card", "read", [counter], fields=["points"])
        return card["points"]

    before = points()
    return lambda: before - points()


@pytest.fixture
def waits(host):
    """Return why documents are not booked."""

    def reasons() -> list[str]:
        found = host.boss.call(
            "customer.card.sync.document",
            "search_read",
            domain=[["source_id.name", "=", host.remote.source], ["state", "=", "failed"]],
            fields=["error"],
        )
        return [one["error"] for one in found]

    return reasons


def test_a_pack_takes_six_pieces(shop, taken):
    """AX-07 AP-36: 1 pack of 6 over there is 6 pieces of the counter, 2 pieces are 2."""
    shop.send(MEIER, "B10", 1, "Päckchen 6", **FLAGGED)
    assert taken() == 6
    shop.send(MEIER, "B10", 2, **FLAGGED)
    shop.send(MEIER, "B10", 3)
    assert taken() == 8
    packs = shop.send(MEIER, "B10", 2, "Päckchen 6", **FLAGGED)
    assert taken() == 20
    shop.take_back(packs, 6 if shop.version < 17 else 1)
    assert taken() == 14


def test_half_a_piece_waits(shop, taken, waits):
    """AP-36: only whole pieces; corrected to 2 it is booked."""
    move = shop.send(MEIER, "B10", 1.5, **FLAGGED)
    assert taken() == 0
    (why,) = waits()
    assert "1.50 Units are no whole pieces" in why
    shop.correct(move, 2)
    assert taken() == 2
    assert not waits()


def test_what_comes_back_returns_to_its_counter(shop, taken, waits, foreign):
    """AX-07: of 12 pieces 8 come back by Odoo's wizard: 4; of 5 more only 4 are known.

    The first return is cancelled: the 5 are known now.
    """
    sent = shop.send(MEIER, "B10", 12, **FLAGGED)
    assert taken() == 12
    back = shop.take_back(sent, 8)
    assert [taken(), taken()] == [4, 4]
    shop.take_back(sent, 5)
    assert taken() == 4
    (why,) = waits()
    assert "5 came back, but only 4 of them are known" in why
    foreign.cluster.sql(
        "UPDATE stock_move SET state = 'cancel', write_date = now() AT TIME ZONE 'UTC'"
        f" WHERE id = {back}",
        foreign.database,
    )
    assert taken() == 7
    assert not waits()


def test_a_return_that_names_no_delivery_takes_the_newest_issues_back(shop, taken, waits):
    shop.send(MEIER, "B10", 2, **FLAGGED)
    shop.send(MEIER, "B10", 3, **FLAGGED)
    assert taken() == 5
    shop.receive(MEIER, "B10", 4, **FLAGGED)
    assert taken() == 1
    shop.receive(MEIER, "B10", 1)
    assert taken() == 1
    assert not waits()


def test_a_corrected_delivery_is_seen_at_once(shop, taken):
    """Unlocked and corrected from 4 to 6, then to 1; the demand stays in Odoo 19."""
    move = shop.send(MEIER, "B10", 4, **FLAGGED)
    assert taken() == 4
    shop.correct(move, 6)
    assert taken() == 6
    shop.correct(move, 1)
    assert taken() == 1


def test_the_report_of_free_issues_is_what_left_the_other_stock(odoo, foreign, shop, free):
    """AX-11 AX-12 AX-13: E 3, F 5, together 8 on the battery customer; one is back: 7, unpaid."""
    stock = ForeignShop(foreign.url, foreign.database)
    carrier, before = Carrier(odoo, stock), stock.on_hand()
    for who, quantity, purpose in (
        ("E", 2, "customer_gift"),
        ("F", 5, "customer_gift"),
        ("E", 1, "own_use"),
    ):
        free.give(who, quantity, purpose)
    moved, rows = carrier.carry()
    assert moved == {(row["id"], "For nothing"): row["quantity"] for row in rows}
    assert by("employee_id", rows) == {"Sabine Verkauf": 3, False: 5}
    assert sorted(by("holder", rows).values()) == [3, 5]
    assert by("purpose", rows) == {"customer_gift": 7, "own_use": 1}
    assert stock.on_hand() == before - 8
    free.take_back("E")
    moved, rows = carrier.carry()
    assert moved == {(row["id"], "For nothing"): row["quantity"] for row in rows}
    assert by("employee_id", rows) == {"Sabine Verkauf": 2, False: 5}
    assert by("purpose", rows) == {"customer_gift": 7, "own_use": 0}
    assert stock.on_hand() == before - 7
    assert not free.moved(), "nothing left the stock here"
    assert (free.invoiced(), free.owed()) == (0, 0.0)


def test_what_was_issued_here_may_come_back_there(odoo, foreign, shop, pull, free, waits):
    """AX-07 AX-13: E issued 4 here; 3 come back to the stock room over there: 1 on both sides."""

    def issued() -> int:
        pull.changes()
        return free.report("employee_id")["Sabine Verkauf"]

    stock = ForeignShop(foreign.url, foreign.database)
    carrier, before, had = Carrier(odoo, stock), stock.on_hand(), issued()
    free.give("E", 4, "own_use")
    carrier.carry()
    assert issued() == had + 4
    (key,) = carrier.keys
    shop.take_back(shop.one("stock.move", ("origin", "=", key)), 3)
    assert [issued(), issued()] == [had + 1, had + 1]
    carrier.carry()
    assert stock.on_hand() == before - 1
    assert not waits()
