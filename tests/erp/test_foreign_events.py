"""Whatever happens to customers and receipts over there, points follow: as SQL reckons them."""

import pytest

from tests.kit.eventful_shop import (
    ARTICLE,
    SHOP,
    EventfulShop,
    Invoices,
    Receipts,
    mapping_of,
    welcome,
)
from tests.kit.sync_host import Host, puller

WINDOW_S = 2
STREAMS = ("customer", "product", "invoice_line", "pos_line")


@pytest.fixture(scope="module", params=["14", "19"])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def foreign(version, request, real_parts):
    if version == "14":
        yield request.getfixturevalue("odoo14")
        return
    with real_parts.plain_odoo(SHOP) as server:
        yield server


@pytest.fixture(scope="module")
def shop(foreign, version):
    shop = (Receipts if version == "14" else Invoices)(foreign)
    shop.before()
    return shop


@pytest.fixture(scope="module")
def hosts(odoo):
    """Two sources with the same customers: what each of them has earned is told apart."""
    hosts = {version: Host(odoo, f"events-{version}") for version in ("14", "19")}
    welcome(hosts["14"])
    return hosts


@pytest.fixture(scope="module")
def host(hosts, version):
    return hosts[version]


@pytest.fixture(scope="module")
def pull(foreign, shop, host, version, tmp_path_factory):
    mapping = mapping_of(version, tmp_path_factory.mktemp("mapping"))
    pull = puller(foreign, host, version, WINDOW_S, login="sync", mapping=mapping, streams=STREAMS)
    pull.changes()
    assert not pull.past()
    assert host.earned() == shop.worth()
    return pull


@pytest.mark.parametrize("event", EventfulShop.STAMPED)
def test_what_a_time_stamp_tells_is_here_after_one_scan(event, shop, host, pull):
    """Case integrator, H2 H4 M1 M2 M3."""
    shop.happen(event)
    pull.changes()
    pull.changes()
    assert host.earned() == shop.worth()


def test_what_nothing_tells_is_found_by_comparing(shop, host, pull):
    """Case integrator, H1 M5."""
    for event in shop.SILENT:
        before = shop.worth()
        shop.happen(event)
        assert (shop.worth() == before) == (event == "deleted"), event
        pull.compare()
        assert host.earned() == shop.worth(), event
        assert not [one for one in pull.compare().values() if one.differing], event


def test_one_hidden_receipt_is_rejected_alone(shop, host, pull):
    """Case integrator, H5: its points stay, and everybody else's come."""
    before, lines = shop.worth(), shop.hide_header("F-15")
    try:
        shop.sell("F-01", (ARTICLE, 10.0))
        pull.changes()
        assert host.earned() == shop.worth() != before
        assert len(host.rejected()) == lines
    finally:
        shop.show()
    pull.compare()
    assert host.rejected() == []
    assert host.earned() == shop.worth()


def test_half_of_the_receipts_hidden_takes_nothing_back_but_asks(shop, host, pull):
    """Case integrator, H3."""
    shop.hide_half()
    try:
        pull.compare()
        assert host.vanished()
        assert host.earned() == shop.worth()
    finally:
        shop.show()
    pull.compare()
    assert not host.vanished()
    assert host.earned() == shop.worth()
