"""What a real Odoo 14 answers, and its documents: the same as those of Odoo 19.

Recorded with the same invoices and the same counter sale.
"""

import pytest

from connector.check.erps import check_source
from connector.erp import ErpSettings
from connector.exceptions import ErpRefused
from connector.foreign.changes import Changes, Position
from connector.foreign.reconcile import sums
from connector.foreign.settings import ForeignSettings, ReadSettings
from connector.mapping import schema
from connector.rows import Rows

every_transport = pytest.mark.parametrize("transport", ["web", "jsonrpc"])


class Knows:
    """A host that knows every source."""

    def call(self, *_args, **_kwargs):
        return True


@pytest.fixture
def odoo_version():
    return "14"


@pytest.fixture
def mapping():
    return schema.load("odoo-14")


@every_transport
def test_version_needs_no_login(tape, transport):
    assert tape.connect(transport, "wrong").version() == "14.0"


@every_transport
def test_a_wrong_password_says_what_to_do(tape, transport):
    with pytest.raises(ErpRefused, match="create a new one in Odoo"):
        tape.connect(transport, "wrong").call("res.partner", "search", domain=[])


@every_transport
def test_documents_are_the_same_over_every_transport(tape, transport, mapping):
    rows = Rows(tape.connect(transport), mapping)
    found = []
    for name in ("invoice_line", "pos_line"):
        plan = rows.watched(mapping.sections[name])
        page = Changes(rows, plan, window_s=5, page=100).history(Position("", "now", 0, 10**6))
        assert page.rejects == []
        found += [row["data"] for row in page.rows]
    assert [(line["gross"], line["quantity"], line["void"]) for line in found] == [
        (100.0, 10.0, False),
        (-40.0, -4.0, False),
        (30.0, 3.0, True),
        (20.0, 2.0, False),
    ]
    assert len({line["customer"] for line in found}) == 1
    assert {line["price"] for line in found} == {10.0}


def test_sums_count_what_pages_hold(tape, mapping):
    rows = Rows(tape.connect("web"), mapping)
    plan = rows.watched(mapping.sections["invoice_line"])
    page = Changes(rows, plan, window_s=5, page=100).block(0, 10**6)
    theirs = sums(rows, plan, 0, 10**6)
    assert theirs.count == len(page.rows) == 3
    assert theirs.weight == sum(row["weight"] for row in page.rows)
    assert theirs.changed == max(row["changed"] for row in page.rows)


def test_a_check_of_the_real_thing_finds_no_error(tape, mapping):
    settings = ErpSettings("http://erp.example.com", "shop", "sync", "", "web")
    erp = tape.connect("web")
    foreign = ForeignSettings(settings, "odoo-14", None, ReadSettings(), "nord")
    found = check_source(foreign, mapping, host=Knows(), erp=erp)
    assert [one.text for one in found if one.level == "error"] == []
    assert sum("newest rows fit" in one.text for one in found) >= 4
