"""The table of kinds: what other code asks of it."""

import pytest
from rules import kinds


def test_each_kind_stands_on_a_type_of_its_own():
    natives = list(kinds.NATIVE_TYPES.values())
    assert len(set(natives)) == len(natives) == len(kinds.KINDS)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (kinds.MONEY_KINDS, {"stored_value", "voucher"}),
        (kinds.ACCOUNT_KINDS, {"stored_value", "points"}),
        (kinds.BEARER_KINDS, {"voucher", "coupon"}),
        (kinds.DISCOUNT_KINDS, {"discount", "coupon"}),
        (kinds.SPENDABLE_KINDS, {"points", "stored_value", "voucher", "coupon"}),
        (kinds.AMOUNT_KINDS, {"points", "stored_value", "voucher"}),
        (kinds.HELD_ONCE_KINDS, {"discount", "points", "stored_value"}),
        (kinds.VALUE_KINDS, {"stored_value", "voucher", "coupon"}),
        (kinds.REDEEMED_KINDS, {"discount", "points", "stored_value", "voucher", "coupon"}),
        (kinds.MONEY_TYPES, {"gift_card", "ewallet"}),
        (kinds.BEARER_TYPES, {"gift_card", "coupons"}),
        (kinds.LEDGER_TYPES, {"gift_card", "ewallet", "loyalty", "bonus_item"}),
    ],
)
def test_what_kinds_have_in_common(names, expected):
    assert set(names) == expected
    assert len(names) == len(expected)


def test_nobody_changes_the_table():
    with pytest.raises(AttributeError):
        kinds.KINDS[0].money = True
