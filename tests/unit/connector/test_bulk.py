"""Many records by one aggregate are what ``read`` returns, or they are read the usual way."""

import pytest

from connector.bulk import FEW, Bulk
from connector.exceptions import ErpRefused

KNOWN = {
    name: {"type": kind, "store": True, "company_dependent": False}
    for name, kind in (("id", "integer"), ("partner_id", "many2one"), ("price", "monetary"))
}
MANY = range(1, FEW + 50)
SHOWN = [{"id": one, "partner_id": one % 3 or False, "price": one / 4} for one in MANY]


class Erp:
    """An ERP whose columns hold NULL where a record shows False or zero."""

    def __init__(self):
        self.columns = {
            row["id"]: row | {"partner_id": row["partner_id"] or None, "price": str(row["price"])}
            for row in SHOWN
        }
        self.shown = {row["id"]: row for row in SHOWN}
        self.calls = []
        self.error = None

    def call(self, model, method, ids=None, /, **kwargs):
        self.calls.append(method)
        if self.error:
            raise self.error
        ((_, _, ids),) = kwargs["domain"]
        found = [self.columns[one] for one in sorted(ids) if one in self.columns]
        if method == "read_group":
            fields = [term.partition(":")[0] for term in kwargs["fields"]]
            return [{name: [row[name.removeprefix("all_")] for row in found] for name in fields}]
        terms = kwargs["aggregates"]
        return [{term: [row[term.partition(":")[0]] for row in found] for term in terms}]

    def read(self, model, ids, fields):
        self.calls.append("read")
        if not self.shown.keys() >= set(ids):
            raise ErpRefused("odoo.exceptions.AccessError", "A rule hides one.")
        return [{name: self.shown[one][name] for name in fields} for one in ids]


@pytest.fixture
def erp():
    return Erp()


def read(erp, version=19, known=KNOWN, ids=MANY):
    bulk = Bulk(erp, version, erp.read)
    for _ in range(2):
        erp.calls.clear()
        found = bulk.read("x.line", known, list(ids), list(KNOWN))
    return found


@pytest.mark.parametrize(("version", "method"), [(19, "formatted_read_group"), (14, "read_group")])
def test_many_records_are_one_aggregate_and_in_the_order_asked_for(erp, version, method):
    assert read(erp, version, ids=MANY[::-1]) == SHOWN[::-1]
    assert erp.calls == [method]


def test_few_records_are_read(erp):
    assert read(erp, ids=MANY[:FEW]) == SHOWN[:FEW]
    assert erp.calls == ["read"]


@pytest.mark.parametrize(
    "info", [{"store": False}, {"translate": True}, {"company_dependent": True}, {"type": "html"}]
)
def test_a_column_that_does_not_hold_what_is_shown_is_read(erp, info):
    assert read(erp, known=KNOWN | {"price": KNOWN["price"] | info}) == SHOWN
    assert erp.calls == ["read"]


def test_an_app_that_shows_something_else_is_believed(erp):
    shown = erp.shown[MANY[-1]]
    shown["price"] += 1
    assert read(erp)[-1] == shown
    assert erp.calls == ["read"]


@pytest.mark.parametrize("error", [ErpRefused("UserError", "No."), None])
def test_an_erp_that_aggregates_nothing_is_read(erp, error):
    erp.error = error
    if not error:
        erp.columns.clear()
    assert read(erp) == SHOWN
    assert erp.calls == ["read"]


def test_a_hidden_record_is_asked_for_so_that_the_erp_says_why(erp):
    bulk = Bulk(erp, 19, erp.read)
    bulk.read("x.line", KNOWN, list(MANY), list(KNOWN))
    del erp.columns[5], erp.shown[5]
    with pytest.raises(ErpRefused, match="A rule hides one"):
        bulk.read("x.line", KNOWN, list(MANY), list(KNOWN))
