"""Documents of a real foreign ERP become points in the host: the same on Odoo 14 and on Odoo 19."""

import time

import pytest

from connector import bulk
from connector.mapping import schema
from connector.rows import Rows
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import MEIER, Host, puller, sign_in

WINDOW_S = 2


@pytest.fixture(scope="module", params=["14", "19"])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def foreign(version, request, odoo):
    return odoo if version == "19" else request.getfixturevalue("odoo14")


@pytest.fixture(scope="module")
def host(odoo, version):
    return Host(odoo, f"nord-{version}")


@pytest.fixture(scope="module")
def shop(foreign, host):
    return ForeignErp(foreign.url, foreign.database)


@pytest.fixture(scope="module")
def pull(foreign, host, version):
    return puller(foreign, host, version, WINDOW_S)


@pytest.fixture
def gained(host, pull):
    """Bring everything over; then return how many points came since the test began."""
    pull.changes()
    assert not pull.past()
    pull.changes()
    before = host.points()

    def points() -> float:
        pull.changes()
        return host.points() - before

    return points


def test_an_invoice_earns_and_its_credit_note_takes_back(shop, gained):
    """TM-17 TM-18: services of 40.00 at 5 % and articles of 20.00 at 10 % are 200 points each."""
    shop.invoice(MEIER, ("CHK", 40.0), ("PS", 20.0))
    assert gained() == 400
    assert gained() == 400
    shop.invoice(MEIER, ("CHK", 40.0), kind="out_refund")
    assert gained() == 200


def test_discounted_lines_earn_what_was_paid_or_nothing(shop, host, gained):
    """TM-26: 20.00 less 10 % are 180 points, or none where the points program says so."""
    shop.invoice(MEIER, ("PS", 20.0), discount=10)
    assert gained() == 180
    host.earn_on_discounted(False)
    try:
        shop.invoice(MEIER, ("PS", 20.0), discount=10)
        shop.invoice(MEIER, ("CHK", 40.0))
        assert gained() == 180 + 200
    finally:
        host.earn_on_discounted(True)


def test_un_posted_changed_and_deleted_lines_follow(shop, gained):
    move = shop.invoice(MEIER, ("CHK", 40.0), ("PS", 20.0))
    assert gained() == 400
    shop.call("account.move", "button_draft", [move])
    assert gained() == 0
    first, _ = shop.lines(move)
    shop.touch("account.move", [move], invoice_line_ids=[[2, first, 0]])
    shop.call("account.move", "action_post", [move])
    assert gained() == 200
    shop.call("account.move", "button_draft", [move])
    shop.call("account.move", "button_cancel", [move])
    assert gained() == 0


def test_a_counter_sale_earns_when_it_is_paid(shop, gained):
    """TM-18: the order is paid, its lines are not written."""
    shop.counter_sale(MEIER, "PS", 20.0)
    assert gained() == 200


def test_goods_go_now_and_the_invoice_comes_later(shop, gained):
    """Two deliveries earn nothing, the one invoice over both of them earns once."""
    for _ in range(2):
        shop.deliver(MEIER, "PS")
    assert gained() == 0
    shop.invoice(MEIER, ("PS", 20.0), ("PS", 20.0))
    assert gained() == 400


def test_a_draft_earns_nothing_and_its_deletion_is_found_by_comparing(shop, gained, pull):
    draft = shop.draft(MEIER, ("PS", 20.0))
    assert gained() == 0
    shop.unlink("account.move", [draft])
    found = pull.compare()
    assert found["invoice_line"].gone == 1
    assert pull.compare()["invoice_line"].differing == 0


def test_what_was_changed_by_sql_is_found_by_comparing(shop, foreign, gained, pull):
    """A merge of two customers writes no time stamp."""
    move = shop.invoice(MEIER, ("PS", 20.0))
    assert gained() == 200
    time.sleep(WINDOW_S + 2)  # out of the window, the row is not read again
    assert gained() == 200
    foreign.cluster.sql(
        f"UPDATE account_move_line SET price_total = 30 WHERE id = {shop.lines(move)[0]}",
        foreign.database,
    )
    assert gained() == 200
    pull.compare()
    assert gained() == 300


def test_the_past_is_read_once_in_pages(shop, host, pull):
    status = host.boss.call(
        "customer.card.sync.stream",
        "search_read",
        domain=[["source_id.name", "=", host.remote.source]],
        fields=["name", "progress", "lines", "scanned_until", "lag_seconds"],
    )
    by_name = {one["name"]: one for one in status}
    assert by_name["invoice_line"]["progress"] == 100.0
    assert by_name["invoice_line"]["lines"] > 0
    assert by_name["customer"]["lines"] > 0
    assert by_name["invoice_line"]["lag_seconds"] < 60


@pytest.mark.parametrize(
    "stream", ["customer", "product", "invoice_line", "pos_line", "stock_move"]
)
def test_what_aggregates_say_is_what_read_says(foreign, version, stream, monkeypatch):
    """All of a real shop, whatever is empty in it; what a row shows of others is read there."""
    rows = Rows(sign_in(foreign, version), schema.load(f"odoo-{version}"))
    plan = rows.watched(rows.mapping.sections[stream])
    usual = rows.read(plan, [], limit=1000)
    assert usual
    monkeypatch.setattr(bulk, "FEW", 0)
    assert rows.read(plan, [], limit=1000, many=True) == usual
    by_aggregates = {model for (model, _), agreed in rows._bulk._agreed.items() if agreed}
    if stream in {"customer", "invoice_line"}:
        assert plan.section.model in by_aggregates
    assert all(rows._bulk._agreed.values())
