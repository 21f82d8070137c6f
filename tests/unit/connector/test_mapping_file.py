from pathlib import Path

import pytest

from connector.exceptions import ConfigInvalid
from connector.mapping import schema

SMALL = """\
erp: odoo
version: 19
stock_move:
  from: stock.move
  live: {state: done}
  fields:
    date: date
    product: product_id
    quantity: quantity
    unit: product_uom
    times: {const: 1}
    per: {const: 1}
    own_unit: {const: ""}
    source: location_id
    target: location_dest_id
    direction: {path: location_dest_id.usage, map: {customer: out}, default: other}
    customer: partner_id
    origin: origin
    returns: origin_returned_move_id
    shop: company_id
    purpose: {const: ""}
"""


def write(tmp_path: Path, text: str, name: str = "own.yaml") -> str:
    (tmp_path / name).write_text(text)
    return str(tmp_path / name)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        schema.load(write(tmp_path, text))
    return [problem.replace(f"{tmp_path}/", "") for problem in caught.value.problems]


def test_the_shipped_mapping_loads_by_name():
    mapping = schema.load("odoo-19")
    assert mapping.version == 19
    assert set(mapping.sections) == {
        "customer",
        "product",
        "invoice_line",
        "pos_line",
        "stock_move",
    }
    assert mapping.sections["pos_line"].live.values == {"order_id.state": ("paid", "done")}


def test_a_condition_replaces_the_one_below_it(tmp_path):
    """A home-made model has no parent_state, and nobody wants to say so."""
    text = "extends: odoo-19\ninvoice_line: {live: {order_id.x_state: [billed, closed]}}\n"
    live = schema.load(write(tmp_path, text)).sections["invoice_line"].live
    assert live.values == {"order_id.x_state": ("billed", "closed")}


@pytest.mark.parametrize("version", [12, 14, 16, 17, 18])
def test_the_older_versions_differ_little(version):
    mapping = schema.load(f"odoo-{version}")
    assert mapping.version == version
    assert set(mapping.sections) == set(schema.load("odoo-19").sections)
    text = (Path(schema.__file__).parent / f"odoo-{version}.yaml").read_text()
    deltas = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(deltas) <= (21 if version == 12 else 15)


def test_an_extension_holds_only_what_differs(tmp_path):
    path = write(
        tmp_path,
        "extends: odoo-19\n"
        "invoice_line:\n"
        "  where: [[x_kind, '=', sale]]\n"
        "  fields: {customer: x_patient_id, net: {path: x_net}}\n",
    )
    own, shipped = schema.load(path).sections, schema.load("odoo-19").sections
    assert own["invoice_line"].where == (("x_kind", "=", "sale"),)
    assert own["invoice_line"].rules["customer"].paths == ("x_patient_id",)
    assert own["invoice_line"].rules["net"].negate_when is None  # a rule replaces the whole rule
    assert own["invoice_line"].rules["gross"] == shipped["invoice_line"].rules["gross"]
    assert own["pos_line"] == shipped["pos_line"]


def test_an_extension_finds_its_base_beside_itself(tmp_path):
    write(tmp_path, SMALL, "base.yaml")
    path = write(tmp_path, "extends: base.yaml\nversion: 18\n")
    assert schema.load(path).version == 18


def test_a_rule_of_an_extension_is_located_in_its_own_file(tmp_path):
    path = write(tmp_path, "extends: odoo-19\ninvoice_line:\n  fields:\n    net: x_net\n")
    rules = schema.load(path).sections["invoice_line"].rules
    assert rules["net"].at == f"{path}:4:10"
    assert "odoo-19.yaml:" in rules["gross"].at


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("quantity: quantity", "quantty: quantity", "own.yaml:9:5: unknown key 'quantty', did you"),
        ("date: date", "date: {}", "own.yaml:7:11: stock_move.fields.date: give exactly one of"),
        (
            "date: date",
            "date: {const: x, default: y}",
            "own.yaml:7:11: stock_move.fields.date: a c",
        ),
        ("date: date", "date: a-b", "own.yaml:7:5: stock_move.fields.date.path: write a field"),
        ("date: date", "date: 7", "own.yaml:7:11: stock_move.fields.date: "),
        ("{state: done}", "[state]", "own.yaml:5:9: stock_move.live: not a valid mapping"),
        ("live: {", "where: [[a, is, 1]]\n  live: {", "own.yaml:5:11: stock_move.where.0: 'is' is"),
        ("live: {", "where: [a]\n  live: {", "own.yaml:5:11: stock_move.where.0: write a cond"),
        ("live: {", "where: [[1, '=', 1]]\n  live: {", "own.yaml:5:11: stock_move.where.0: '1' is"),
        ("stock_move:", "stok_move:", "own.yaml:3:1: unknown key 'stok_move', did you mean 'stock"),
        ("erp: odoo", "erp: sap", "own.yaml:1:6: erp: only 'odoo' is known."),
        ("version: 19\n", "", "own.yaml:1:1: 'version' is missing"),
        ("  from: stock.move\n", "", "own.yaml:4:3: stock_move: 'from' is missing"),
        ("    origin: origin\n", "", "own.yaml:7:5: stock_move: no rule for origin"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, old, new, problem):
    found = problems(tmp_path, SMALL.replace(old, new, 1))
    assert any(text.startswith(problem) for text in found), found


def test_a_mapping_that_extends_itself_is_refused(tmp_path):
    assert problems(tmp_path, "extends: own.yaml\n") == ["own.yaml:1:10: this file extends itself"]


def test_an_unknown_base_names_the_shipped_ones(tmp_path):
    (problem,) = problems(tmp_path, "extends: odoo-91\n")
    assert problem.startswith("own.yaml:1:10: no mapping 'odoo-91'")
    assert "odoo-19" in problem
