"""What a receipt's money pays for: nothing is given that nobody paid."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rules.coverage import Bill, Funds, Offer, covered_units, units_at_price

cents = st.decimals(min_value=0, max_value=1000, places=2)
signed = st.decimals(min_value=-1000, max_value=1000, places=2)
funds = st.builds(Funds, signed, cents, cents)
offers = st.lists(
    st.builds(
        Offer,
        st.decimals(min_value=Decimal("0.01"), max_value=200, places=2),
        st.integers(min_value=0, max_value=9).map(Decimal),
        is_money=st.booleans(),
    ),
    max_size=4,
)


def money(*amounts):
    return Funds(*map(Decimal, amounts))


def credit(price, units=1):
    return Offer(Decimal(price), Decimal(units), is_money=True)


def program(price, units=1):
    return Offer(Decimal(price), Decimal(units))


def back(amount):
    return Offer(Decimal(amount), Decimal(1), is_return=True, is_whole=False)


def test_three_of_five():
    """F4: five sold at 100.00 and 300.00 paid: three are given."""
    assert covered_units([program(100, 5)], money(300), Bill(Decimal(0))) == [3]
    assert covered_units([credit(100, 5)], money("299.99"), Bill(Decimal(0))) == [2]


def test_goods_are_paid_first():
    """Goods of 50.00 and credit of 100.00, paid 100.00: the credit is not."""
    assert covered_units([credit(100)], money(100), Bill(Decimal(50))) == [0]
    assert covered_units([credit(100)], money(150), Bill(Decimal(50))) == [1]


def test_a_negative_line_pays_for_nothing():
    """Credit of 100.00 and a manual line of -100.00, nothing paid."""
    assert covered_units([credit(100)], money(0), Bill(Decimal(0), Decimal(100))) == [0]
    assert covered_units([credit(100)], money(130), Bill(Decimal(50), Decimal(20))) == [1]


def test_no_kind_of_value_is_goods_for_another():
    """Credit here and in a quotation, 100.00 each, a discount of 100.00: paid once, not twice."""
    bill = Bill(Decimal(0), Decimal(100), Decimal(100))
    assert covered_units([credit(100)], money(100), bill) == [0]
    assert covered_units([credit(100)], money(200), bill) == [1]


def test_credit_without_a_price_is_not_sold():
    assert covered_units([credit(0, 5)], money(100), Bill(Decimal(0))) == [0]
    assert covered_units([program(0, 5)], money(0), Bill(Decimal(0))) == [5]


def test_credit_pays_goods_and_programs_but_never_credit():
    redeemed = money(0, 0, 100)
    assert covered_units([credit(100)], redeemed, Bill(Decimal(0))) == [0]
    assert covered_units([program(100)], redeemed, Bill(Decimal(0))) == [1]
    # It pays the goods, and the money is free for the credit.
    assert covered_units([credit(100)], money(100, 0, 100), Bill(Decimal(100))) == [1]


def test_goods_that_come_back_give_back_what_paid_them():
    """Goods of 95.00 come back, 80.00 of them had been redeemed; 15.00 is paid out."""
    assert covered_units([back(80)], money(0, 80), Bill(Decimal(0))) == [1]
    assert covered_units([back(80)], money(0), Bill(Decimal(0))) == [0]
    # What is redeemed now does not travel to another account.
    assert covered_units([back(80)], money(0, 0, 80), Bill(Decimal(0))) == [0]
    assert covered_units([back(80)], money(-80, 80), Bill(Decimal(0))) == [0]
    assert covered_units([back(80)], money(0, 20), Bill(Decimal(0))) == [Decimal("0.25")]


def test_rounding_is_forgiven_once():
    """50.02 rounds to 50.00 in cash; without any money nothing is forgiven."""
    two = [credit("50.02"), credit("0.02")]
    assert covered_units(two, money(50), Bill(Decimal(0)), tolerance=Decimal("0.02")) == [1, 0]
    assert covered_units(
        [credit("0.02")], money(0), Bill(Decimal(0)), tolerance=Decimal("0.05")
    ) == [0]


@given(offers, funds, cents, cents, cents)
def test_what_is_given_is_covered(sold, paid, goods, lowered, value):
    """Law of the doors: credit at most for money, everything at most for what there is."""
    units = covered_units(sold, paid, Bill(goods, lowered, value))
    worth = [count * offer.price for count, offer in zip(units, sold, strict=True)]
    of_credit = sum(w for w, offer in zip(worth, sold, strict=True) if offer.is_money)
    assert of_credit <= max(paid.money - value, Decimal(0))
    assert sum(worth) <= max(paid.money + paid.returned + paid.redeemed, Decimal(0))
    due = max(goods - lowered, Decimal(0))
    assert sum(worth) <= max(paid.money + paid.returned + paid.redeemed - due, Decimal(0))
    for count, offer in zip(units, sold, strict=True):
        assert 0 <= count <= offer.units
        assert count == int(count)


@given(offers, cents)
def test_what_is_paid_in_full_is_given_in_full(sold, goods):
    total = sum((offer.price * offer.units for offer in sold), goods)
    assert covered_units(sold, Funds(total), Bill(goods)) == [offer.units for offer in sold]


@given(offers, funds, cents, cents)
def test_a_discount_gives_no_more_than_free_goods(sold, paid, goods, lowered):
    free = covered_units(sold, paid, Bill(goods, goods + lowered))
    assert free == covered_units(sold, paid, Bill(Decimal(0)))


def test_few_of_many_are_paid_at_the_price_of_few():
    """N9: from 10 pieces on one costs 5, else 10: what few of them pay is counted at 10."""
    assert [
        units_at_price(Decimal(units), Decimal(5), lambda some: Decimal(5 if some >= 10 else 10))
        for units in (0, 1, 2, 3, 9, 10, 11)
    ] == [0, 0, 1, 1, 4, 10, 11]
