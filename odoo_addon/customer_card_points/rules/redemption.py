"""What points take off a bill, and what that costs: TiM's four ways of redeeming (I24, I25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
AMOUNT, POINTS, PERCENT, CHEAPER = "1", "2", "3", "4"


@dataclass(frozen=True, slots=True)
class RedeemTerms:
    """How points are redeemed by a lady, or by a gent.

    :param points_per_unit: so many points are worth one currency unit
    :param kind: what *factor* means. 1: an amount, 2: points, 3: percent off the bill, 4: percent
        off the price in points
    :param factor: 0 for as much as possible, in kind 4 for nothing off
    :param least: the balance that redeeming needs
    :param most: no more points at once; 0 for no limit
    :param is_window: a balance above *most* redeems nothing, TiM's words taken literally
    :param service_cheaper: percent off the price in points where services are paid with them
    :param service_direct: percent off services once something is redeemed; in kind 3 instead of
        *factor*
    :param is_free: kind 3 costs no points
    """

    points_per_unit: Decimal
    kind: str = AMOUNT
    factor: Decimal = ZERO
    least: Decimal = ZERO
    most: Decimal = ZERO
    is_window: bool = False
    service_cheaper: Decimal = ZERO
    article_cheaper: Decimal = ZERO
    service_direct: Decimal = ZERO
    article_direct: Decimal = ZERO
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a bill says about one class, for instance of one tax: its gross amount."""

    gross: Decimal
    is_service: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What is redeemed: *points* for *amounts* off the parts, in their order.

    :param refusal: why nothing is: ``least``, ``most``, ``nothing``; else empty
    :param direct: what of the amounts are direct discounts, which no points pay for
    """

    points: Decimal
    amounts: tuple[Decimal, ...]
    refusal: str = ""
    direct: Decimal = ZERO

    @property
    def value(self) -> Decimal:
        """What the bill gets cheaper."""
        return sum(self.amounts, ZERO)


def bill_parts(lines: Sequence[Part]) -> tuple[Part, Part]:
    """Return services and articles of *lines* with one tax; what is below zero lowers both.

    :param lines: gross amounts in whole coins, so that the parts are as much as the lines in all
    """
    service = sum((one.gross for one in lines if one.is_service and one.gross > 0), ZERO)
    whole = sum((one.gross for one in lines if one.gross > 0), ZERO)
    left = max(sum((one.gross for one in lines), ZERO), ZERO)
    if whole:
        service = (service * left / whole).quantize(CENT, rounding=ROUND_HALF_UP)
    return Part(service, True), Part(left - service, False)


def redemption(
    terms: RedeemTerms,
    parts: Sequence[Part],
    balance: Decimal,
    wish: Decimal | None = None,
    step: Decimal = CENT,
) -> Quote:
    """Return what *balance* takes off the bill of *parts*; who has no points redeems nothing.

    :param wish: an amount chosen below the largest possible, without direct discounts
    :param step: the smallest coin
    :source: seed 003, Einlösefaktor, Art, Einlösen ab/bis, Einlöserabatt, Direktrabatt
    """
    nothing = (ZERO,) * len(parts)
    if balance < terms.least:
        return Quote(ZERO, nothing, "least")
    if terms.most and terms.is_window and balance > terms.most:
        return Quote(ZERO, nothing, "most")
    if balance <= 0:
        return Quote(ZERO, nothing, "nothing")
    bill = [max(part.gross, ZERO) for part in parts]
    budget = min(balance, terms.most) if terms.most else balance
    if terms.kind == POINTS and terms.factor:
        budget = min(budget, terms.factor)
    direct = _direct(terms, parts, bill, step)
    if terms.kind == PERCENT:
        most, weights, direct = sum(direct, ZERO), direct, nothing
    else:
        weights = [gross - off for gross, off in zip(bill, direct, strict=True)]
        most = sum(weights, ZERO)
        if terms.kind == AMOUNT and terms.factor:
            most = min(most, terms.factor)
    if wish is not None:
        most = min(most, wish)
    most = most.quantize(step, rounding=ROUND_FLOOR)
    value = _affordable(terms, parts, weights, most, budget, step)
    amounts = _spread(value, weights, parts, step)
    cost = _cost(terms, parts, amounts)
    if value <= 0:
        return Quote(ZERO, nothing, "nothing")
    off = tuple(one + more for one, more in zip(amounts, direct, strict=True))
    return Quote(cost, off, direct=sum(direct, ZERO))


def redemption_of(
    terms: RedeemTerms, parts: Sequence[Part], balance: Decimal, shown: Decimal
) -> Quote:
    """Return what is right of a redemption that takes *shown* off the bill in all."""
    bill = [max(part.gross, ZERO) for part in parts]
    direct = ZERO if terms.kind == PERCENT else sum(_direct(terms, parts, bill, CENT), ZERO)
    return redemption(terms, parts, balance, max(shown - direct, ZERO))


def _direct(
    terms: RedeemTerms, parts: Sequence[Part], bill: Sequence[Decimal], step: Decimal
) -> tuple[Decimal, ...]:
    """Return what the percentages take off each part; kind 3 without them takes its factor."""
    usual = terms.factor if terms.kind == PERCENT else ZERO
    if terms.service_direct or terms.article_direct:
        usual = ZERO
    return tuple(
        (
            gross
            * ((terms.service_direct if part.is_service else terms.article_direct) or usual)
            / 100
        ).quantize(step, rounding=ROUND_HALF_UP)
        for part, gross in zip(parts, bill, strict=True)
    )


def _affordable(
    terms: RedeemTerms,
    parts: Sequence[Part],
    weights: Sequence[Decimal],
    most: Decimal,
    budget: Decimal,
    step: Decimal,
) -> Decimal:
    """Return the largest value up to *most* that costs no more than *budget*: halved, not divided.

    Dividing by a factor of 300 would lose points, and prices differ by class.
    """
    low, high = 0, int(max(most, ZERO) / step)
    while low < high:
        middle = (low + high + 1) // 2
        amounts = _spread(middle * step, weights, parts, step)
        if _cost(terms, parts, amounts) <= budget:
            low = middle
        else:
            high = middle - 1
    return low * step


def _spread(
    value: Decimal, weights: Sequence[Decimal], parts: Sequence[Part], step: Decimal
) -> tuple[Decimal, ...]:
    """Return *value* over the parts by their weights, in whole coins that add up to it.

    Services stand together and articles do, so that more value never costs less.
    """
    total = sum(weights, ZERO)
    amounts = [ZERO] * len(parts)
    reached = told = ZERO
    for index in sorted(range(len(parts)), key=lambda one: parts[one].is_service):
        reached += weights[index]
        upto = (value * reached / total).quantize(step, ROUND_HALF_UP) if total else ZERO
        amounts[index], told = upto - told, upto
    return tuple(amounts)


def _cost(terms: RedeemTerms, parts: Sequence[Part], amounts: Sequence[Decimal]) -> Decimal:
    """Return the whole points that *amounts* cost, each class at its price.

    A begun point counts: half of one, rounded off, would be money for nothing.
    """
    if terms.kind == PERCENT and terms.is_free:
        return ZERO
    cost = ZERO
    for part, amount in zip(parts, amounts, strict=True):
        cheaper = terms.service_cheaper if part.is_service else terms.article_cheaper
        if terms.kind == CHEAPER:  # the better one counts, they do not add up (as I29)
            cheaper = max(cheaper, terms.factor)
        cost += amount * (100 - cheaper) / 100
    return (cost * terms.points_per_unit).to_integral_value(ROUND_CEILING)
