"""What the ledger's models share: exact numbers, plain references, the token that opens it."""

from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

SCALE = 6
POINTS = (16, SCALE)
_STEP = Decimal(1).scaleb(-SCALE)
_OPENING = ContextVar("opening", default=None)


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


def shown(env, number):
    """Return *number* as the user's language writes it: 71, or 2,50 in German."""
    number = exact(number)
    whole = number == number.to_integral_value()
    return f"{number:.0f}" if whole else formatLang(env, float(number), digits=2)


@contextmanager
def open_ledger(**values):
    """Allow the code inside to change points; *values* describe the entries that will be written.

    A variable of this thread, not a context key: no RPC client can send it, and no action or
    mail that is made inside carries it away.
    """
    token = _OPENING.set(values)
    try:
        yield
    finally:
        _OPENING.reset(token)


def opening():
    """Return the entry values of :func:`open_ledger`, or None when nobody opened the ledger."""
    return _OPENING.get()


def append_only(cr, table, setting):
    """Let the database itself refuse to change *table*'s rows, or to take them away.

    Only a transaction that has set the variable *setting* to ``open`` may.
    """
    cr.execute(
        """
        CREATE OR REPLACE FUNCTION customer_card_append_only() RETURNS trigger AS $$
        BEGIN
            IF current_setting(TG_ARGV[0], true) = 'open' THEN
                IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END $$ LANGUAGE plpgsql
        """
    )
    for name, events, each in (
        ("append_only", "UPDATE OR DELETE", "ROW"),
        ("append_only_truncate", "TRUNCATE", "STATEMENT"),
    ):
        cr.execute(
            SQL(
                f"CREATE OR REPLACE TRIGGER %s BEFORE {events} ON %s"
                f" FOR EACH {each} EXECUTE FUNCTION customer_card_append_only(%s)",
                SQL.identifier(name),
                SQL.identifier(table),
                setting,
            )
        )
