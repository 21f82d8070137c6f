"""What the ledger's models share: exact numbers, plain references, the token that opens it."""

from decimal import ROUND_HALF_UP, Decimal

from odoo import fields
from odoo.exceptions import UserError

SCALE = 6
POINTS = (16, SCALE)
_STEP = Decimal(1).scaleb(-SCALE)
_TOKEN = object()


class BalanceTooLow(UserError):
    """Nothing was booked: the balance or the counter does not reach."""


class OncePerDay(UserError):
    """Nothing was booked: the program was used today already."""


class CardNotUsable(UserError):
    """Nothing was booked: the card, enrolment or article cannot be used."""


class KeyReused(UserError):
    """Nothing was booked: the idempotency key stands for another booking."""


class PlainMany2one(fields.Many2one):
    """A reference without foreign key: a ledger row outlives what it points to, unchanged."""

    def update_db_foreign_key(self, model, column):
        return


def exact(value):
    """Return *value* as Decimal with the ledger's scale; floats are read as they print."""
    number = value if isinstance(value, Decimal) else Decimal(repr(float(value or 0.0)))
    return number.quantize(_STEP, rounding=ROUND_HALF_UP)


def opened(records, **values):
    """Return *records* allowed to change points; *values* describe the entry that will be written.

    The token is an object, so no RPC client can send it.
    """
    return records.with_context(ledger=(_TOKEN, values), tracking_disable=True)


def opening(env):
    """Return the entry values of :func:`opened`, or None when the caller did not open the ledger."""
    token, values = env.context.get("ledger") or (None, None)
    return values if token is _TOKEN else None
