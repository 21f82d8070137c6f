"""The till's JavaScript redeems as the rules do: 60 carts, to the cent and the point (B8)."""

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from rules.redemption import Part, RedeemTerms, bill_parts, redemption

ADDONS = Path(__file__).parents[3] / "odoo_addon"
CARTS = json.loads((ADDONS / "customer_card_points/tests/redemption_carts.json").read_text())
TILL = ADDONS / "customer_card_points_pos/static/src/app/redemption.js"
CAMEL = {
    "points_per_unit": "pointsPerUnit",
    "is_window": "isWindow",
    "service_cheaper": "serviceCheaper",
    "article_cheaper": "articleCheaper",
    "service_direct": "serviceDirect",
    "article_direct": "articleDirect",
    "is_free": "isFree",
}
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="no JavaScript here")
DEFAULTS = {
    "kind": "1",
    "factor": 0,
    "least": 0,
    "most": 0,
    "isWindow": False,
    "serviceCheaper": 0,
    "articleCheaper": 0,
    "serviceDirect": 0,
    "articleDirect": 0,
    "isFree": False,
}
# Lines with one tax: what is below zero lowers services and articles by their shares.
BILLS = [
    [["3.34", True], ["3.34", False], ["-0.01", False]],
    [["30.00", True], ["20.00", False], ["-5.00", True]],
    [["10.00", True], ["-20.00", False]],
    [["0.05", True], ["0.05", True], ["0.05", False], ["-0.07", True]],
    [["-3.00", True]],
    [],
]


def as_text(points, amounts, refusal):
    return [f"{points:.0f}", [f"{amount:.2f}" for amount in amounts], refusal]


def expected(cart):
    return as_text(Decimal(cart["points"]), map(Decimal, cart["amounts"]), cart["refusal"])


@pytest.mark.parametrize("cart", CARTS)
def test_the_rules(cart):
    """TM-28 to TM-39: what stands in the file is what the rules say."""
    exact = {
        name: value if isinstance(value, str | bool) else Decimal(str(value))
        for name, value in cart["terms"].items()
    }
    quote = redemption(
        RedeemTerms(**exact),
        [Part(Decimal(gross), is_service) for gross, is_service in cart["parts"]],
        Decimal(cart["balance"]),
        None if cart["wish"] is None else Decimal(cart["wish"]),
    )
    assert as_text(quote.points, quote.amounts, quote.refusal) == expected(cart)


def by_till(tmp_path, name, calls):
    """Return what the till's function *name* answers to each list of arguments."""
    (tmp_path / "redemption.mjs").write_text(TILL.read_text())
    (tmp_path / "run.mjs").write_text(
        'import * as till from "./redemption.mjs";\n'
        f"const calls = {json.dumps(calls)};\n"
        f"console.log(JSON.stringify(calls.map((one) => till.{name}(...one))));\n"
    )
    run = subprocess.run(
        ["node", tmp_path / "run.mjs"], capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(run.stdout)


def for_till(parts):
    return [{"gross": float(gross), "isService": service} for gross, service in parts]


@needs_node
def test_the_bill(tmp_path):
    """TM-36: services and articles of a bill that something lowers, the same at the till."""
    answers = by_till(tmp_path, "billParts", [[for_till(lines)] for lines in BILLS])
    for lines, answer in zip(BILLS, answers, strict=True):
        parts = bill_parts([Part(Decimal(gross), service) for gross, service in lines])
        assert answer == for_till([(part.gross, part.is_service) for part in parts])


@needs_node
def test_the_till(tmp_path):
    """TM-28 to TM-39: the till's own arithmetic, run by node."""
    carts = [
        [
            {**DEFAULTS, **{CAMEL.get(name, name): one for name, one in cart["terms"].items()}},
            for_till(cart["parts"]),
            cart["balance"],
            cart["wish"] and float(cart["wish"]),
        ]
        for cart in CARTS
    ]
    answers = by_till(tmp_path, "redemption", carts)
    assert [as_text(*answer.values()) for answer in answers] == [expected(one) for one in CARTS]
