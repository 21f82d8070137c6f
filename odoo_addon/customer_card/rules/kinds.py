"""The kinds of programs: what each is, in one table that all else asks.

Another kind is one row here and the steps in docs/architecture.md, "Add a program kind".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of program.

    :param native: the type of Odoo's own program that it stands on
    :param money: its balance is money of the program's currency
    :param account: a holder has one live enrolment of it; selling it again adds to that one
    :param bearer: whoever has its code can use it: its buyer needs neither name nor card
    :param counter: its balance is pieces
    :param discount: it reduces prices by its program lines
    """

    name: str
    native: str
    money: bool = False
    account: bool = False
    bearer: bool = False
    counter: bool = False
    discount: bool = False

    @property
    def spendable(self) -> bool:
        """Tell whether an order takes from its balance."""
        return self.account or self.bearer


KINDS = (
    Kind("bonus_item", "bonus_item", counter=True),
    Kind("discount", "promotion", discount=True),
    Kind("stored_value", "ewallet", money=True, account=True),
    Kind("voucher", "gift_card", money=True, bearer=True),
    Kind("coupon", "coupons", bearer=True, discount=True),
    Kind("points", "loyalty", account=True),
)
NATIVE_TYPES = {kind.name: kind.native for kind in KINDS}
MONEY_KINDS = tuple(kind.name for kind in KINDS if kind.money)
ACCOUNT_KINDS = tuple(kind.name for kind in KINDS if kind.account)
BEARER_KINDS = tuple(kind.name for kind in KINDS if kind.bearer)
DISCOUNT_KINDS = tuple(kind.name for kind in KINDS if kind.discount)
SPENDABLE_KINDS = tuple(kind.name for kind in KINDS if kind.spendable)
# Kinds of which an order takes any part of the balance, and those that a holder has once.
AMOUNT_KINDS = tuple(kind.name for kind in KINDS if kind.money or kind.account)
HELD_ONCE_KINDS = tuple(
    kind.name for kind in KINDS if kind.account or (kind.discount and not kind.bearer)
)
# What gives value for money that was paid, and what an order can redeem at all.
VALUE_KINDS = tuple(kind.name for kind in KINDS if kind.money or kind.bearer)
REDEEMED_KINDS = tuple(kind.name for kind in KINDS if kind.spendable or kind.discount)
# Odoo's own programs of these types are kept in the ledger, too. Cards of native promotions are
# thrown away by Odoo, and native coupons have no balance that anybody could audit.
MONEY_TYPES = tuple(kind.native for kind in KINDS if kind.money)
BEARER_TYPES = tuple(kind.native for kind in KINDS if kind.bearer)
LEDGER_TYPES = tuple(kind.native for kind in KINDS if kind.money or kind.account or kind.counter)
