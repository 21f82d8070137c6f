"""Points for coming: what the visits of one account bring, whatever was bought.

A visit is a day with at least one paid receipt (I20). Everything follows from the visits that there
are, so that a receipt that comes late, or goes away, changes what it has to.
"""

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)
LONGEST_WINDOW = 364
_BIRTHDAY = re.compile(r"\s*([0-9]{1,6})\s*;\s*([0-9]{1,3})\s*;\s*([0-9]{1,3})\s*")


@dataclass(frozen=True, slots=True)
class Birthday:
    """Points once for each birthday, on a visit from *before* days ahead to *after* days later."""

    points: Decimal = ZERO
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class SegmentBonus:
    """What a visit of a lady, or of a gent, brings.

    :param return_weeks: within so many weeks after the visit before it; 0 for never
    """

    visit: Decimal = ZERO
    return_weeks: int = 0
    return_points: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class VisitTerms:
    """The terms of one day."""

    lady: SegmentBonus = SegmentBonus()
    gent: SegmentBonus = SegmentBonus()
    birth_month: Decimal = ZERO
    birthday: Birthday = Birthday()


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """A day on which the customer has paid something."""

    day: date
    is_gent: bool = False


def read_birthday(text: str) -> Birthday:
    """Return what TiM's "250;5;10" says: points, days before, days after.

    :raises ValueError: other text, or windows that overlap from year to year
    :source: seed 003, Punkte am Geburtstag
    """
    match = _BIRTHDAY.fullmatch(text or "")
    if match is None:
        raise ValueError(f"not a birthday rule: {text}")
    before, after = int(match[2]), int(match[3])
    if before + after > LONGEST_WINDOW:
        raise ValueError(f"not a birthday rule: {text}")
    return Birthday(Decimal(match[1]), before, after)


def birthday_in(born: date, year: int) -> date:
    """Return the birthday in *year*; who was born on 29.02. has it on 01.03. (I21, BGB §188 II)."""
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return date(year, born.month, born.day)


def birthday_near(born: date, day: date, window: Birthday) -> date | None:
    """Return the birthday whose window holds *day*, or None; it may be next or last year's."""
    for year in (day.year - 1, day.year, day.year + 1):
        if not date.min.year < year < date.max.year:
            continue
        birthday = birthday_in(born, year)
        if -window.before <= (day - birthday).days <= window.after:
            return birthday
    return None


def bonuses(
    visits: Iterable[Visit], born: date | None, terms_at: Callable[[date], VisitTerms]
) -> dict[tuple[date, str], Decimal]:
    """Return ``{(day, reason): points}`` of all *visits* of an account, in any order.

    :param terms_at: the terms of a day
    :return: reasons are ``visit``, ``return``, ``birth_month``, ``birthday``; no zeros
    :source: seed 003; I20, I21, I22
    """
    found: dict[tuple[date, str], Decimal] = {}
    given: set[date] = set()
    previous: date | None = None
    for visit in sorted(visits):
        if visit.day == previous:
            continue
        terms = terms_at(visit.day)
        bonus = terms.gent if visit.is_gent else terms.lady
        found[visit.day, "visit"] = bonus.visit
        if previous and visit.day - previous <= timedelta(weeks=bonus.return_weeks):
            found[visit.day, "return"] = bonus.return_points
        if born and visit.day.month == born.month:
            found[visit.day, "birth_month"] = terms.birth_month
        birthday = birthday_near(born, visit.day, terms.birthday) if born else None
        if birthday and terms.birthday.points and birthday not in given:
            given.add(birthday)
            found[visit.day, "birthday"] = terms.birthday.points
        previous = visit.day
    return {key: points for key, points in found.items() if points}
