"""How many points a receipt earns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

WHOLE = Decimal(1)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One line of a receipt: gross amount paid (negative on a credit note) and its class.

    :param is_discounted: any discount has lowered it, its own or that of a program (I23)
    :param is_gent: it belongs to the segment of gents (I30)
    """

    gross: Decimal
    is_service: bool
    is_discounted: bool = False
    is_gent: bool = False


@dataclass(frozen=True, slots=True)
class EarningRates:
    """Percent of the gross amount that comes back as points, and points per currency unit.

    :param on_discounted: discounted lines earn too, on what was paid for them
    :param gent_service_percent: None where gents earn as everybody does
    :param per_line: round each line, as TiM's "alte Rundung" does; else once, at the end (I18)
    :source: seed 003, Punkte auf rabattierte Positionen; Rundungsart
    """

    service_percent: Decimal
    article_percent: Decimal
    points_per_unit: Decimal
    on_discounted: bool = True
    gent_service_percent: Decimal | None = None
    gent_article_percent: Decimal | None = None
    per_line: bool = False

    def percent_of(self, line: PaidLine) -> Decimal:
        """Return the percent that *line* earns."""
        if line.is_discounted and not self.on_discounted:
            return ZERO
        usual = self.service_percent if line.is_service else self.article_percent
        of_gents = self.gent_service_percent if line.is_service else self.gent_article_percent
        return usual if not line.is_gent or of_gents is None else of_gents


def earned_points(lines: Iterable[PaidLine], rates: EarningRates) -> Decimal:
    """Return the whole points of a receipt, rounded half up: over all lines, or line by line (I18).

    A credit note earns the same number below zero, since half-up is symmetric here.

    :source: seed 003, % Bonus auf DL/VK, Umrechnungsfaktor; I19
    """
    parts = [line.gross * rates.percent_of(line) / 100 * rates.points_per_unit for line in lines]
    if rates.per_line:
        return sum((whole(part) for part in parts), ZERO)
    return whole(sum(parts, ZERO))


def refunded_points(
    bought: Sequence[PaidLine],
    back_before: Sequence[PaidLine],
    back: Sequence[PaidLine],
    rates: EarningRates,
) -> Decimal:
    """Return what the return of *back*, lines below zero, takes of what *bought* has earned.

    So many parts of a receipt may come back as one likes: together they take what it has earned,
    not a point more or less for rounding.

    :param back_before: what came back of the same receipt before, lines below zero
    """
    before = [*bought, *back_before]
    return earned_points([*before, *back], rates) - earned_points(before, rates)


def whole(points: Decimal) -> Decimal:
    """Return *points* without decimals, half up."""
    return points.quantize(WHOLE, rounding=ROUND_HALF_UP)


def lowered(lines: Sequence[PaidLine], amount: Decimal) -> tuple[list[PaidLine], Decimal]:
    """Take *amount* off the lines of the other sign, from each its share, and never beyond zero.

    So a discount is worth as much as what it lowers, whatever article stands on its line.

    :param amount: below zero on a sale, above on a credit note
    :return: the lines, and what none of them could bear
    """
    borne_by = [amount * line.gross < 0 for line in lines]
    base = sum((line.gross for line, bears in zip(lines, borne_by, strict=True) if bears), ZERO)
    if not base:
        return list(lines), amount
    part = max(ZERO, (base + amount) / base)
    return [
        replace(line, gross=line.gross * part, is_discounted=True) if bears else line
        for line, bears in zip(lines, borne_by, strict=True)
    ], (ZERO if part else base + amount)
