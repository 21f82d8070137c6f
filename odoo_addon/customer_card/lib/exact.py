"""Numbers of the ledger: exact, with one scale, and as users read them."""

from odoo import fields
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyTranslate

from ..exceptions import BadNumber
from ..rules import numbers

_lt = LazyTranslate(__name__, default_lang="en_US")
POINTS = (16, numbers.SCALE)


class Amount(fields.Float):
    """A number of the ledger. Odoo's rounding of floats drifts above 100 million, this does not."""

    _digits = POINTS

    def convert_to_column(self, value, record, values=None, validate=True):
        return f"{exact(value):f}"

    def convert_to_cache(self, value, record, validate=True):
        return float(exact(value))


def exact(value):
    """Return *value* as Decimal with the ledger's scale; every number that is booked passes here.

    :param value: Decimal, int, float (read as it prints), text in ASCII digits, or nothing for 0
    :raises BadNumber: see :func:`..rules.numbers.exact`; safe to repeat with another number
    """
    try:
        return numbers.exact(value)
    except numbers.NotExact as error:
        sentence = _TOO_BIG if error.code == "big" else _NO_NUMBER
        raise BadNumber(str(sentence)) from error


_NO_NUMBER = _lt("This is not a number that can be booked. Enter the amount with digits 0 to 9.")
_TOO_BIG = _lt("This number is too big to be booked. Enter less than 1,000,000,000.")


def shown(env, number):
    """Return *number* as the user's language writes it: 71, or 2,50 in German."""
    number = exact(number)
    whole = number == number.to_integral_value()
    return f"{number:.0f}" if whole else formatLang(env, float(number), digits=2)
