"""Faults put in on purpose: a law that lets one live is missing or asleep."""

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.buckets import Buckets

CARD = "loyalty.card"
LEDGER = "odoo.addons.customer_card.models.ledger.loyalty_card_ledger"


@dataclass(frozen=True)
class Mutant:
    """One fault: ``how(env)`` is a context in which it is there; ``laws`` are said to kill it."""

    name: str
    laws: tuple[str, ...]
    how: Any


def _patched(model, method, make):
    """Return a mutant's ``how`` that replaces a method; *make* gets the original."""

    @contextmanager
    def how(env):
        kind = env.registry[model]
        with patch.object(kind, method, make(getattr(kind, method))):
            yield

    return how


def _ledger(name, value):
    return lambda env: patch(f"{LEDGER}.{name}", value)


def _reserve_without_held(reserve):
    def mutant(self, amount, **values):
        hold = reserve(self, amount, **values)
        self.sudo().held = 0
        return hold

    return mutant


def _reserve_what_is_reserved(reserve):
    def mutant(self, amount, **values):
        held, self.sudo().held = self.sudo().held, 0
        hold = reserve(self, amount, **values)
        self.sudo().held += held
        return hold

    return mutant


@contextmanager
def _spent_as_the_till_says(env):
    kind = env.registry[CARD]
    capture = kind._capture_hold

    def captured(self, key, amount=None):
        return exact(amount) if capture(self, key) and amount else exact(0)

    with (
        patch.object(kind, "_capture_hold", captured),
        patch.object(kind, "_get_spent", lambda self, hold, lines, shown: shown),
    ):
        yield


def _close_and_keep(_close):
    def mutant(self, key, state):
        return exact(self.sudo()._open_hold(key).amount)

    return mutant


def _key_not_looked_up(lock_once):
    def mutant(self, key):
        before, entry = lock_once(self, key)
        return before, entry.browse()

    return mutant


@contextmanager
def _without_trigger(env):
    env.cr.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'loyalty_card_entry'::regclass"
        " AND NOT tgisinternal AND tgname <> 'chain'"
    )
    names = [name for (name,) in env.cr.fetchall()]
    for name in names:
        env.cr.execute(f"ALTER TABLE loyalty_card_entry DISABLE TRIGGER {name}")
    yield
    for name in names:
        env.cr.execute(f"ALTER TABLE loyalty_card_entry ENABLE TRIGGER {name}")


@contextmanager
def _cashier_may_write(env):
    kind = env.registry[CARD]
    with (
        patch.object(kind, "_check_may_write", lambda self, vals: None),
        patch.object(kind, "_check_may_book", lambda self: None),
    ):
        yield


def _bonus_first(buckets, amount):
    bonus = min(buckets.bonus, amount)
    return Buckets(-(amount - bonus), -bonus)


ALL = (
    Mutant("reservation not counted", ("HELD",), _patched(CARD, "_reserve", _reserve_without_held)),
    Mutant(
        "reserved twice", ("FLOOR", "GATE"), _patched(CARD, "_reserve", _reserve_what_is_reserved)
    ),
    Mutant("spent beyond the reservation", ("MONEY",), _spent_as_the_till_says),
    Mutant(
        "reservation never closed",
        ("LIVE", "MONEY", "FLOOR"),
        _patched(CARD, "_close_hold", _close_and_keep),
    ),
    Mutant(
        "due reservation never released",
        ("LIVE",),
        _patched(CARD, "_release_due", lambda _o: lambda self, key: None),
    ),
    Mutant("key not looked up", ("ONCE", "GATE"), _patched(CARD, "_lock_once", _key_not_looked_up)),
    Mutant(
        "other content accepted",
        ("ONCE",),
        _patched(CARD, "_check_same", lambda _o: lambda self, *args: None),
    ),
    Mutant(
        "day not checked", ("DAY", "GATE"), _patched(CARD, "_used_up", lambda _o: lambda self: None)
    ),
    Mutant(
        "day not freed", ("DAY",), _patched(CARD, "_free_day", lambda _o: lambda self, entry: None)
    ),
    Mutant(
        "taken back without limit",
        ("FLOOR", "CONSTRAINT"),
        _patched(
            "loyalty.card.entry", "_not_returned", lambda _o: lambda self: exact(self.quantity)
        ),
    ),
    Mutant(
        "gate without state",
        ("GATE", "MONEY"),
        _patched(CARD, "_get_spend_refusal", lambda _o: lambda self, may: ""),
    ),
    Mutant("bonus spent first", ("MONEY",), _ledger("spend", _bonus_first)),
    Mutant(
        "refund to paid",
        ("MONEY",),
        _ledger("give_back", lambda spent, delta: Buckets(delta, Decimal(0))),
    ),
    Mutant("history may be changed", ("APPEND", "CHAIN"), _without_trigger),
    Mutant(
        "a cashier may write",
        ("RIGHT",),
        _cashier_may_write,
    ),
)
