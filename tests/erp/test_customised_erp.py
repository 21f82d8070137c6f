"""A real Odoo 14 with a home-made model, read through the example mapping."""

import pytest

from connector.check.erps import check_source
from connector.erp import ErpSettings
from connector.foreign.settings import ForeignSettings, ReadSettings
from connector.mapping import schema
from dev.paths import ROOT
from tests.kit.foreign_erp import ForeignErp
from tests.kit.sync_host import MEIER, Host, puller, sign_in

MAPPING = str(ROOT / "config" / "mapping-custom.example.yaml")
STREAMS = ("customer", "product", "invoice_line")


@pytest.fixture(scope="module")
def host(odoo):
    return Host(odoo, "akustik-nord")


@pytest.fixture(scope="module")
def shop(odoo14):
    return ForeignErp(odoo14.url, odoo14.database)


@pytest.fixture(scope="module")
def pull(odoo14, host):
    pull = puller(odoo14, host, "14", 2, mapping=MAPPING, streams=STREAMS)
    pull.changes()
    assert not pull.past()
    return pull


def order(shop, state="open", gross=40.0, code="CHK"):
    made = shop.create(
        "x_service_order",
        x_name="S/1",
        x_state=state,
        x_billed_on="2030-01-01",
        x_patient_id=shop.customer(MEIER),
    )
    line = {"x_article_id": shop.product(code), "x_pieces": 1, "x_net": gross, "x_gross": gross}
    shop.create("x_service_line", x_order_id=made, **line)
    return made


def test_points_follow_the_state_of_the_order(shop, host, pull):
    """TM-17: billed, cancelled, billed again; only the order is written."""
    before, made = host.points(), order(shop)
    pull.changes()
    assert host.points() == before
    for state, points in (("billed", 200), ("cancelled", 0), ("closed", 200)):
        shop.touch("x_service_order", [made], x_state=state)
        pull.changes()
        assert host.points() - before == points


def test_the_check_finds_nothing_wrong(shop, odoo14, host, pull):
    order(shop, "billed")
    erp = ErpSettings(odoo14.url, odoo14.database, "sync", "demo", "web")
    settings = ForeignSettings(erp, MAPPING, None, ReadSettings(streams=STREAMS), "akustik-nord")
    found = check_source(settings, schema.load(MAPPING), host=host.erp, erp=sign_in(odoo14, "14"))
    assert [one.text for one in found if one.level != "ok"] == []
    assert sum("newest rows fit" in one.text for one in found) == len(STREAMS)


def test_the_check_names_a_field_that_was_renamed(odoo14, host, tmp_path):
    path = tmp_path / "own.yaml"
    text = (ROOT / "config" / "mapping-custom.example.yaml").read_text()
    path.write_text(text.replace("gross: x_gross", "gross: x_gros"))
    erp = ErpSettings(odoo14.url, odoo14.database, "sync", "demo", "web")
    settings = ForeignSettings(erp, str(path), None, ReadSettings(streams=STREAMS), "akustik-nord")
    found = check_source(settings, schema.load(str(path)), host=host.erp)
    errors = [one.text for one in found if one.level == "error"]
    assert any(
        "no field 'x_gros' in x_service_line, did you mean 'x_gross'?" in one for one in errors
    )
    assert any("own.yaml:" in one for one in errors)
