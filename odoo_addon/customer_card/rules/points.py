"""How many points a receipt earns."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One line of a receipt: gross amount paid (negative on a credit note) and its class.

    :param is_discounted: any discount has lowered it, its own or that of a program (I23)
    """

    gross: Decimal
    is_service: bool
    is_discounted: bool = False


@dataclass(frozen=True, slots=True)
class EarningRates:
    """Percent of the gross amount that comes back as points, and points per currency unit.

    :param on_discounted: discounted lines earn too, on what was paid for them
    :source: seed 003, Punkte auf rabattierte Positionen
    """

    service_percent: Decimal
    article_percent: Decimal
    points_per_unit: Decimal
    on_discounted: bool = True


def earned_points(lines: Iterable[PaidLine], rates: EarningRates) -> Decimal:
    """Return the whole points of a receipt: decimal over all lines, one half-up at the end (I18).

    A credit note earns the same number below zero, since half-up is symmetric here.

    :source: seed 003, % Bonus auf DL/VK, Umrechnungsfaktor; I19
    """
    value = sum(
        (
            line.gross * (rates.service_percent if line.is_service else rates.article_percent)
            for line in lines
            if rates.on_discounted or not line.is_discounted
        ),
        Decimal(0),
    )
    return (value / 100 * rates.points_per_unit).quantize(WHOLE, rounding=ROUND_HALF_UP)
