"""Rows become documents; the fast path and marshmallow agree on every row."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.documents import InvoiceLine, as_json
from connector.exceptions import ConfigInvalid, RowUnmappable
from connector.mapping import schema
from connector.mapping.binder import bind
from connector.mapping.plan import Plan

MANY2ONE = {
    "move_id": "account.move",
    "order_id": "pos.order",
    "partner_id": "res.partner",
    "product_id": "product.product",
    "product_uom_id": "uom.uom",
    "product_uom": "uom.uom",
    "currency_id": "res.currency",
    "company_id": "res.company",
    "uom_id": "uom.uom",
    "picking_id": "stock.picking",
    "origin_returned_move_id": "stock.move",
    "location_id": "stock.location",
    "location_dest_id": "stock.location",
}


def model(names: str) -> dict[str, Any]:
    fields = {}
    for name, _, kind in (part.partition(":") for part in names.split()):
        relation = MANY2ONE.get(name)
        fields[name] = {"type": kind or ("many2one" if relation else "float"), "relation": relation}
    return fields


ERP = {
    "account.move.line": model(
        "id:integer display_type:selection move_id move_name:char date:date product_id quantity"
        " product_uom_id price_unit discount price_subtotal:monetary price_total:monetary"
        " currency_id company_id parent_state:selection"
    ),
    "account.move": model(
        "id:integer move_type:selection partner_id pos_order_ids:one2many state:selection"
    ),
    "pos.order.line": model(
        "id:integer order_id product_id qty product_uom_id price_unit discount price_subtotal"
        " price_subtotal_incl currency_id company_id"
    ),
    "pos.order": model("id:integer name:char date_order:datetime partner_id state:selection"),
    "stock.move": model(
        "id:integer date:datetime product_id quantity product_uom location_id location_dest_id"
        " partner_id origin:char company_id state:selection product_qty origin_returned_move_id"
        " picking_id"
    ),
    "product.product": model("id:integer uom_id"),
    "stock.picking": model("id:integer partner_id"),
    "uom.uom": model("id:integer name:char factor"),
    "stock.location": model("id:integer usage:selection"),
    "res.partner": model("id:integer name:char"),
}
ROW = {
    "id": 17,
    "move_id": 5,
    "move_name": "INV/2026/0005",
    "date": "2026-11-21",
    "move_id.partner_id": 7,
    "move_id.move_type": "out_invoice",
    "product_id": 8,
    "quantity": 2.0,
    "product_uom_id": 1,
    "price_unit": 10.0,
    "discount": 0.0,
    "price_subtotal": 16.81,
    "price_total": 20.0,
    "currency_id": 125,
    "company_id": 1,
    "move_id.state": "posted",
    "parent_state": "posted",
}


def plan_of(section: str, erp: dict[str, Any] | None = None, mapping: str = "odoo-19") -> Plan:
    return bind(schema.load(mapping).sections[section], (erp or ERP).get)


INVOICE = plan_of("invoice_line")


def test_an_invoice_line_becomes_a_document():
    assert INVOICE.document(ROW) == InvoiceLine(
        key="account.move.line:17",
        document="account.move:5",
        number="INV/2026/0005",
        date="2026-11-21",
        void=False,
        customer=7,
        product=8,
        quantity=2.0,
        unit=1,
        price=10.0,
        discount=0.0,
        net=16.81,
        gross=20.0,
        currency=125,
        shop=1,
    )


MOVE = dict.fromkeys(ERP["stock.move"], 1) | {
    "date": "2026-11-21 08:00:00",
    "origin": False,
    "state": "done",
    "quantity": 2,
    "product_qty": 7,
    "product_uom.factor": 12.0,
    "product_id.uom_id.factor": 6.0,
    "product_id.uom_id.name": "Box",
    "picking_id.partner_id": 7,
    "location_id.usage": "internal",
    "location_dest_id.usage": "inventory",
    "origin_returned_move_id": False,
}


def test_a_credit_note_counts_negative():
    line = INVOICE.document(ROW | {"move_id.move_type": "out_refund", "price_total": 0.0})
    assert (line.quantity, line.net, line.price) == (-2.0, -16.81, 10.0)
    assert math.copysign(1, line.gross) == 1


@pytest.mark.parametrize("state", ["draft", "cancel"])
def test_an_invoice_that_is_not_posted_is_void(state):
    assert INVOICE.document(ROW | {"move_id.state": state}).void


def test_a_counter_sale_takes_customer_and_day_from_its_order():
    row = {
        "id": 3,
        "order_id": 4,
        "order_id.name": "Theke/0004",
        "order_id.date_order": "2026-11-21 23:59:59",
        "order_id.partner_id": False,
        "order_id.state": "paid",
        "product_id": 8,
        "qty": -1.0,
        "product_uom_id": 1,
        "price_unit": 10.0,
        "discount": 0.0,
        "price_subtotal": -8.4,
        "price_subtotal_incl": -10.0,
        "currency_id": 125,
        "company_id": 1,
    }
    line = plan_of("pos_line").document(row)
    assert (line.document, line.date, line.customer) == ("pos.order:4", "2026-11-22", None)
    assert (line.quantity, line.gross, line.void) == (-1.0, -10.0, False)


def test_a_map_without_a_match_takes_the_default():
    assert plan_of("stock_move").document(MOVE).direction == "other"
    row = MOVE | {"location_dest_id.usage": "customer"}
    assert plan_of("stock_move").document(row).direction == "out"


@pytest.mark.parametrize(
    ("version", "pieces"), [("19", 2 * 12 / 6), ("17", 2 * 6 / 12), ("16", 7), ("14", 7), ("12", 7)]
)
def test_a_stock_move_says_how_many_of_the_article_s_own_unit(version, pieces):
    """AP-36: 2 of a unit whose factor is 12, of an article counted in one whose factor is 6."""
    move = plan_of("stock_move", mapping=f"odoo-{version}").document(MOVE)
    assert (move.quantity * move.times / move.per, move.own_unit) == (pieces, "Box")
    assert move.returns is None


def test_what_comes_back_from_a_customer_is_negative():
    row = MOVE | {"location_id.usage": "customer", "location_dest_id.usage": "internal"}
    move = plan_of("stock_move").document(row | {"origin_returned_move_id": 8})
    assert (move.quantity, move.direction, move.returns) == (-2, "in", 8)


def test_a_rejected_row_says_every_reason():
    with pytest.raises(RowUnmappable) as caught:
        INVOICE.document(ROW | {"quantity": False, "date": "soon", "move_id.partner_id": "Erika"})
    assert caught.value.key == "account.move.line:17"
    assert set(caught.value.reasons) == {"quantity", "date", "customer"}
    assert caught.value.reasons["date"] == ["Not a valid date."]


def test_a_field_that_is_missing_in_the_row_is_a_reason():
    row = {name: value for name, value in ROW.items() if name != "discount"}
    with pytest.raises(RowUnmappable, match="the ERP sent no field 'discount'"):
        INVOICE.document(row)


def test_linked_records_are_read_by_one_join_each():
    assert INVOICE.root.joins["move_id"].model == "account.move"
    assert INVOICE.root.joins["move_id"].fields == {"id", "partner_id", "move_type", "state"}
    assert INVOICE.parent_model == "account.move"


def test_an_optional_condition_is_left_out_where_the_erp_has_no_such_field():
    assert ["move_id.pos_order_ids", "=", False] in INVOICE.domain
    invoice = model("id:integer move_type:selection partner_id state:selection")
    without_pos = ERP | {"account.move": invoice}
    domain = plan_of("invoice_line", without_pos).domain
    assert [path for path, _, _ in domain] == ["display_type", "move_id.move_type"]


def write(tmp_path, text: str) -> str:
    path = tmp_path / "own.yaml"
    path.write_text(f"extends: odoo-19\ninvoice_line:\n{text}")
    return str(path)


def test_first_takes_the_field_that_the_erp_has(tmp_path):
    path = write(tmp_path, "  fields: {shop: {first: [x_shop_id, company_id]}}\n")
    assert plan_of("invoice_line", mapping=path).document(ROW).shop == 1


def test_a_const_is_the_same_in_every_document(tmp_path):
    path = write(tmp_path, "  fields: {shop: {const: 4}, number: {path: move_name}}\n")
    assert plan_of("invoice_line", mapping=path).document(ROW).shop == 4


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("fields: {net: price_subtotl}", "no field 'price_subtotl' in account.move.line, did you"),
        ("fields: {net: move_id.partner_id.x}", "the ERP has no field 'x' in res.partner"),
        ("fields: {net: date.x}", "account.move.line.date does not point to one record"),
        ("fields: {net: move_name}", "'net' is a number, but move_name is a char in the ERP"),
        ("fields: {net: {first: [a, b]}}", "no field 'a' in account.move.line"),
        ("fields: {net: {const: much}}", "'net' needs a number"),
        ("fields: {net: {path: discount, default: much}}", "'net' needs a number"),
        ("fields: {shop: {path: company_id, map: {1: x}}}", "'shop' needs a ref"),
        ("fields: {shop: {path: company_id, negate_when: {date: x}}}", "nothing to negate"),
        ("fields: {document: date}", "'document' must be a field of account.move.line"),
        ("live: {x_state: posted}", "the ERP has no field 'x_state' in account.move.line"),
        ("live: {move_id.pos_order_ids: 1}", "move_id.pos_order_ids is a one2many"),
        ("where: [[x_kind, '=', 1]]", "where: the ERP has no field 'x_kind'"),
        ("from: x.line", "the ERP has no model 'x.line'"),
    ],
)
def test_what_the_erp_does_not_have_is_named_with_file_and_line(tmp_path, rule, problem):
    path = write(tmp_path, f"  {rule}\n")
    with pytest.raises(ConfigInvalid) as caught:
        plan_of("invoice_line", mapping=path)
    assert any(problem in text for text in caught.value.problems), caught.value.problems
    assert all(".yaml:" in text for text in caught.value.problems)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.sampled_from(
        ["", "out_refund", "posted", "2026-11-21", "2026-02-30", "2026-11-21 25:00:00"]
    ),
    st.text(max_size=12),
    st.lists(st.integers(), max_size=2),
)
FUZZED = st.dictionaries(st.sampled_from(sorted(set(ROW) - {"id", "move_id"})), SCALARS, max_size=4)


def verdict(convert: Any, row: dict[str, Any]) -> Any:
    try:
        return convert(row)
    except RowUnmappable:
        return "rejected"


def fast(plan: Plan, row: dict[str, Any]) -> Any:
    """What the closures say by themselves, without the explanation that follows a rejection.

    The columns of a page say the same, and one bad row spoils a page.
    """
    try:
        document = plan.section.document(*[get(row) for get in plan._getters])
    except (LookupError, TypeError, ValueError, ArithmeticError):
        assert plan.records([row]) is None
        return "rejected"
    assert plan.records([row, row]) == [as_json(document)] * 2
    return document


RICH = """\
  live: {parent_state: [posted, true, 0]}
  fields:
    number: {path: move_name, map: {a: b, 1: one}, default: other}
    shop: {path: company_id, map: {1: 10, false: 20}}
    unit: {path: product_uom_id, default: 3}
    discount: {path: discount, default: 0, negate_when: {parent_state: posted, date: 2026-11-21}}
"""


@pytest.fixture(scope="module")
def rich(tmp_path_factory) -> Plan:
    return plan_of("invoice_line", mapping=write(tmp_path_factory.mktemp("rich"), RICH))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # on a busy machine
@given(FUZZED)
def test_closures_and_marshmallow_agree(changes):
    row = ROW | changes
    assert fast(INVOICE, row) == verdict(INVOICE.explain, row)


@given(changes=FUZZED)
def test_closures_and_marshmallow_agree_with_every_verb(rich, changes):
    row = ROW | changes
    assert fast(rich, row) == verdict(rich.explain, row)


PEOPLE = {
    "res.partner": model("id:integer ref:char name:char birthdate_date:date gender:selection"),
    "product.product": model(
        "id:integer default_code:char barcode:char name:char type:selection categ_id:many2one"
    ),
}
PERSON = {
    "id": 7,
    "ref": "K-0001",
    "name": "Erika Meier",
    "birthdate_date": "1950-01-31",
    "gender": "female",
}
ARTICLE = {"id": 8, "default_code": "B10", "barcode": False, "name": "Battery", "type": "service"}


CUSTOMERS, ARTICLES = plan_of("customer", PEOPLE), plan_of("product", PEOPLE)


def test_a_customer_is_found_by_its_number():
    plan = CUSTOMERS
    person = plan.document(PERSON)
    assert (person.reference, person.birthday, person.gender) == ("K-0001", "1950-01-31", "f")
    assert person.document == person.key == "res.partner:7"
    nobody = plan.document(PERSON | {"ref": False, "birthdate_date": False, "gender": "other"})
    assert (nobody.reference, nobody.birthday, nobody.gender) == ("", None, "")


def test_what_nobody_wrote_down_is_empty_where_the_erp_has_no_such_field():
    bare = {"res.partner": model("id:integer ref:char name:char")}
    person = plan_of("customer", bare).document({"id": 7, "ref": "K", "name": "E"})
    assert (person.birthday, person.gender) == (None, "")


@pytest.mark.parametrize(("kind", "ours"), [("service", "service"), ("consu", "goods")])
def test_an_article_is_goods_or_a_service(kind, ours):
    article = ARTICLES.document(ARTICLE | {"type": kind})
    assert (article.kind, article.code, article.barcode) == (ours, "B10", "")


ANYTHING = st.one_of(
    st.booleans(),
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=10),
    st.just("2026-02-30"),
)


@settings(deadline=None)  # on a busy machine
@pytest.mark.parametrize(("plan", "whole"), [(CUSTOMERS, PERSON), (ARTICLES, ARTICLE)])
@given(data=st.data())
def test_both_ways_agree_on_customers_and_articles(plan, whole, data):
    names = st.sampled_from(sorted(set(whole) - {"id"}))
    row = whole | data.draw(st.dictionaries(names, ANYTHING))
    assert fast(plan, row) == verdict(plan.explain, row)
