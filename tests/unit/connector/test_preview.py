"""A dry run: what the documents of the last days would book."""

from datetime import time as clock_time
from pathlib import Path

import pytest

from connector import cli
from connector.foreign.host import SyncHost
from connector.foreign.pace import Night, Pace
from connector.foreign.preview import preview
from connector.mapping import schema
from connector.rows import Rows
from tests.unit.foreign_table import KeepingHost
from tests.unit.receipts import mapping_at, receipts

PACE = Pace(Night(clock_time(0), clock_time(0), "UTC"), sleep=lambda _: None)
STREAMS = ("customer", "product", "invoice_line")


@pytest.fixture
def erp():
    return receipts()


@pytest.fixture
def host():
    return KeepingHost()


@pytest.fixture
def look(erp, host, tmp_path):
    rows = Rows(erp, schema.load(mapping_at(tmp_path)))
    return lambda days=30: preview(rows, SyncHost(host, "nord"), PACE, days, STREAMS)


def test_it_tells_whose_points_how_many_and_the_largest(erp, look, host):
    erp.add("x_bon", 3, x_state="paid", x_day="2026-09-01", x_customer_id=7, write_date=False)
    erp.add("x_bon_line", x_bon_id=3, x_gross=99.0, x_pieces=1.0, write_date="2026-11-21 01:00:00")
    said = list(look().sentences())
    assert said[0] == "2 documents with 4 rows."
    assert said[1] == "Would be booked: 60 points for 2 customers."
    assert said[2] == "  No. 7: 30 points, 2 documents"
    assert said[-1] == "Nothing was written."
    (sent,) = host.tried
    assert [row["id"] for row in sent["customer"]] == [7, 8]
    assert [row["id"] for row in sent["product"]] == [3, 4]
    assert host.kept == {}


def test_days_bound_it(erp, look):
    erp.add("x_bon", 1, x_day="2026-10-01")
    assert look(3).documents == 1
    assert look(0).documents == 0


def test_rows_that_do_not_fit_are_told_and_their_receipt_is_left_out(erp, look):
    erp.add("x_bon_line", 1, x_pieces=False)
    said = "\n".join(look().sentences())
    assert "1 documents with 2 rows" in said
    assert "1 rows would be rejected:\n  x_bon_line:1: quantity: Field may not be null." in said


def test_an_address_brings_its_customer(erp, look, host):
    erp.add("res.partner", 9, type="invoice", parent_id=8, name="Office", write_date=False)
    erp.add("x_bon", 1, x_customer_id=9)
    erp.add("x_bon", 2, x_customer_id=7)
    look()
    assert [row["id"] for row in host.tried[0]["customer"]] == [7, 8, 9]


def test_the_command(erp, host, tmp_path, monkeypatch, capsys):
    path: Path = tmp_path / "worker.yaml"
    mapping = mapping_at(tmp_path)
    path.write_text(
        "erp: {url: 'http://x', database: x, login: x, secret: env:HOME}\n"
        "foreign:\n  name: nord\n  mapping: " + mapping + "\n"
        "  erp: {url: 'http://y', database: y, login: y, secret: env:HOME, transport: web}\n"
        "  read: {streams: [customer, product, invoice_line]}\n"
    )
    monkeypatch.setattr(cli, "connect", lambda to: erp if to.url == "http://y" else host)
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert cli.main(["preview", str(path), "--days", "30"]) == 0
    assert "Would be booked: 60 points for 2 customers." in capsys.readouterr().out
