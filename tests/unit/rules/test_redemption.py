"""Redeeming points (TM-16, TM-28 to TM-39)."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rules.redemption import Part, RedeemTerms, bill_parts, redemption

D = Decimal
FACTOR = RedeemTerms(D(100))
CUT, SHAMPOO = Part(D(30), True), Part(D(20), False)
BILL = [CUT, SHAMPOO]
percent = st.integers(0, 100).map(D)
parts = st.lists(
    st.builds(Part, st.decimals(0, 500, places=2), st.booleans()), min_size=1, max_size=6
)
any_terms = st.builds(
    RedeemTerms,
    st.integers(1, 1000).map(D),
    kind=st.sampled_from("1234"),
    factor=percent,
    least=st.integers(0, 500).map(D),
    most=st.integers(0, 5000).map(D),
    service_cheaper=percent,
    article_cheaper=percent,
    service_direct=percent,
    article_direct=percent,
)
balances = st.integers(0, 100000).map(D)


def redeem(balance=2000, parts=BILL, wish=None, **terms):
    quote = redemption(replace(FACTOR, **terms), parts, D(balance), wish and D(wish))
    return quote.value, quote.points


def test_the_four_kinds():
    """TM-29 TM-30 TM-31 TM-32: 5.00 of a bill of 50.00, for 500, 500, 500 and 450 points."""
    assert redeem(kind="1", factor=D(5)) == (5, 500)
    assert redeem(kind="2", factor=D(500)) == (5, 500)
    assert redeem(kind="3", factor=D(10)) == (5, 500)
    assert redeem(kind="4", factor=D(10), wish=5) == (5, 450)


def test_a_factor_of_one():
    """TM-28: 1.00, 1 point, 1 %."""
    assert redeem(kind="1", factor=D(1)) == (1, 100)
    assert redeem(kind="2", factor=D(1)) == (D("0.01"), 1)
    assert redeem(kind="3", factor=D(1)) == (D("0.50"), 50)


def test_points_per_unit():
    """TM-16: factor 100: 250 points are 2.50; factor 500: 500 points are 1.00."""
    assert redeem(250) == (D("2.50"), 250)
    assert redeem(500, points_per_unit=D(500)) == (1, 500)


def test_a_factor_that_does_not_divide():
    """500.00 at 300 points cost exactly 150,000, no more: multiplied, never divided first."""
    assert redeem(150000, [Part(D(500), True)], points_per_unit=D(300)) == (500, 150000)
    assert redeem(500, points_per_unit=D(300)) == (D("1.66"), 498)


def test_from_and_to():
    """TM-33: 499 refused, 500 allowed; TM-34: to 1000, with 1500 at most 1000."""
    assert redemption(replace(FACTOR, least=D(500)), BILL, D(499)).refusal == "least"
    assert redeem(500, least=D(500)) == (5, 500)
    assert redeem(1500, most=D(1000)) == (10, 1000)
    window = replace(FACTOR, most=D(1000), is_window=True)
    assert redemption(window, BILL, D(1001)).refusal == "most"
    assert redemption(window, BILL, D(1000)).points == 1000


def test_cheaper_by_class():
    """TM-36: services at 20 % less: 10.00 of them cost 800 points, of articles 1000."""
    assert redeem(parts=[CUT], wish=10, service_cheaper=D(20)) == (10, 800)
    assert redeem(parts=[SHAMPOO], wish=10, service_cheaper=D(20)) == (10, 1000)


def test_direct_discounts():
    """TM-38 TM-39: with kind 3 they are what is redeemed, else they come on top, class by class."""
    assert redeem(kind="3", service_direct=D(10)) == (3, 300)
    assert redeem(kind="3", service_direct=D(10), article_direct=D(50)) == (13, 1300)
    assert redeem(kind="1", factor=D(5), service_direct=D(10)) == (8, 500)
    assert redeem(kind="3", factor=D(10), is_free=True) == (5, 0)


def test_a_percentage_is_capped_by_the_balance():
    """TM-31: 10 % of 50.00 with 300 points only: 3.00."""
    assert redeem(300, kind="3", factor=D(10)) == (3, 300)


def test_nothing_to_redeem():
    assert redemption(FACTOR, [], D(500)).refusal == "nothing"
    assert redemption(FACTOR, [Part(D(-5), True)], D(500)).refusal == "nothing"
    assert redemption(FACTOR, BILL, D(0)).refusal == "nothing"


def test_the_balance_alone():
    """TM-31: kind 3 that costs nothing needs points, and takes none of them."""
    free = replace(FACTOR, kind="3", factor=D(10), is_free=True, least=D(500))
    assert redemption(free, BILL, D(499)).refusal == "least"
    assert redemption(free, BILL, D(500)).value == 5
    assert redemption(replace(free, least=D(0)), BILL, D(0)).refusal == "nothing"


def test_a_bill_that_something_lowers():
    """TM-36: 5.00 less lower services and articles by their shares, to the cent."""
    lowered = bill_parts([CUT, SHAMPOO, Part(D(-5), True)])
    assert lowered == (Part(D(27), True), Part(D(18), False))
    odd = bill_parts([Part(D("3.34"), True), Part(D("3.34"), False), Part(D("-0.01"), False)])
    assert odd == (Part(D("3.34"), True), Part(D("3.33"), False))


@given(st.lists(st.builds(Part, st.decimals(-500, 500, places=2), st.booleans()), max_size=6))
def test_a_bill_is_as_much_as_its_lines(lines):
    parts = bill_parts(lines)
    assert sum(part.gross for part in parts) == max(sum(one.gross for one in lines), 0)
    assert all(part.gross >= 0 for part in parts)


@given(any_terms, parts, balances)
def test_never_more_than_the_bill_or_the_balance(terms, parts, balance):
    quote = redemption(terms, parts, balance)
    assert 0 <= quote.points <= balance
    assert not terms.most or quote.points <= terms.most
    for part, amount in zip(parts, quote.amounts, strict=True):
        assert 0 <= amount <= part.gross
    assert bool(quote.refusal) == (not quote.value)


@given(any_terms, parts, balances, st.decimals(0, 500, places=2), st.decimals(0, 50, places=2))
def test_more_never_costs_less(terms, parts, balance, wish, more):
    less, greater = (redemption(terms, parts, balance, one) for one in (wish, wish + more))
    assert less.points <= greater.points
    assert less.value <= greater.value


@given(parts, balances, st.integers(0, 500), st.sampled_from([50, 100, 200]))
def test_an_amount_is_its_points(parts, balance, units, factor):
    """TM-29 TM-30: kind 1 is kind 2 when scaled."""
    amount = RedeemTerms(D(factor), kind="1", factor=D(units))
    points = RedeemTerms(D(factor), kind="2", factor=D(units * factor))
    assert redemption(amount, parts, balance) == redemption(points, parts, balance)
