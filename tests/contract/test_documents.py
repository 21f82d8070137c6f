"""Invoices and counter sales of a real Odoo 19 as documents, and the outbox that names them.

Recorded with: an invoice of 100.00, its credit note of 40.00, one back in draft, a counter sale of
20.00 in an open session, all of one customer; their rows still in the outbox.
"""

import pytest

from connector.check.erps import check
from connector.erp import ErpSettings
from connector.mapping import schema
from connector.outbox.host import Booked, Host
from tests.kit.reader import Reader


@pytest.fixture
def mapping():
    return schema.load("odoo-19")


@pytest.mark.parametrize("transport", ["json2", "web", "jsonrpc"])
def test_documents_are_the_same_over_every_transport(tape, transport, mapping):
    erp = tape.connect(transport)
    rows = Host(erp, "tape", "0").pull(["sale"], 100).rows
    reader, lines = Reader(erp, mapping), []
    for model in ("account.move", "pos.order"):
        found = reader.lines(model, sorted({row.res_id for row in rows if row.model == model}))
        assert found.rejects == {}
        lines += found.lines
    assert [(line.gross, line.quantity, line.void) for line in lines] == [
        (100.0, 10.0, False),
        (-40.0, -4.0, False),
        (30.0, 3.0, True),
        (20.0, 2.0, False),
    ]
    assert len({line.customer for line in lines}) == 1
    assert {line.price for line in lines} == {10.0}
    assert {line.shop for line in lines} == {1}
    assert all(line.product and line.unit and line.currency and line.number for line in lines[:2])


def test_rejected_rows_stay_and_settled_rows_go(tape):
    erp = tape.connect()
    host = Host(erp, "tape", "0")
    assert host.book_issues([]) == Booked([], [], [])
    rows = host.pull(["sale"], 100).rows
    row = next(row for row in rows if row.model == "account.move")
    others = [other.id for other in rows if other.document == row.document and other.id != row.id]
    rejected = host.settle_sales([row.id], [(row.id, "The mapping does not fit.")])
    assert (rejected.done, rejected.failed) == ([], [(row.id, "The mapping does not fit.")])
    assert row.id not in [waiting.id for waiting in host.pull(["sale"], 100).rows]
    settled = host.settle_sales([row.id, *others])
    assert (settled.done, settled.failed, settled.busy) == ([row.id, *others], [], [])
    again = host.settle_sales([row.id])
    assert again.done == [row.id]


def test_a_check_of_the_real_thing_finds_no_error(tape, mapping):
    settings = ErpSettings("http://erp.example.com", "shop", "worker", "")
    findings = check(settings, mapping, tape.connect())
    assert [finding.text for finding in findings if finding.level == "error"] == []
    assert sum("all fields there and readable" in finding.text for finding in findings) >= 2
