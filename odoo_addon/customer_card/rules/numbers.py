"""Which numbers may enter the ledger: finite, of its scale, in plain digits, and not too big."""

import re
from decimal import ROUND_HALF_UP, Decimal

SCALE = 6
# With six decimals these are 15 digits: so many every float and every Decimal hold exactly.
LIMIT = Decimal(10) ** 9
_STEP = Decimal(1).scaleb(-SCALE)
# ASCII only: ``\d``, ``float`` and ``Decimal`` also read the digits of other scripts.
_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?")


class NotExact(ValueError):
    """Not a number of the ledger; ``code`` says why: ``number`` or ``big``."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def exact(value: object) -> Decimal:
    """Return *value* rounded to the ledger's scale, half up; False, None and "" are 0.

    :param value: Decimal, int, float or text such as ``-12.5``; a float counts as it prints
    :raises NotExact: ``number`` (other text, list, NaN, infinity), ``big`` (a billion or more)
    """
    number = _read(value)
    if not number.is_finite():
        raise NotExact("number")
    if abs(number) < LIMIT:
        number = number.quantize(_STEP, rounding=ROUND_HALF_UP)
    if abs(number) >= LIMIT:
        raise NotExact("big")
    return number


def _read(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if value is None or value is False or value == "":
        return Decimal(0)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int) and value is not True:
        return Decimal(value)
    if isinstance(value, str) and _PLAIN.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise NotExact("number")


def fits(number: Decimal, places: int) -> bool:
    """Return whether *number* has no more than *places* decimals, so that storing it loses none."""
    return number == number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
