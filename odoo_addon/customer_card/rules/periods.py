"""Terms in months, as German civil law counts them."""

import calendar
from datetime import date, timedelta


def add_months(start: date, months: int) -> date:
    """Return the same day number *months* later; a missing day becomes the month's last (I12).

    Where no calendar goes on, its last day: many units of a long term still have an end.

    :source: BGB §188 (3)
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return date.max
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def term_end(start: date, months: int) -> date | None:
    """Return the last valid day, inclusive, of a term sold on *start*; None when it has no end.

    Sold on 31.01. with one month: valid to 28./29.02.

    :source: seed 002, Laufzeit (Monate); BGB §§187 I, 188 II
    """
    return add_months(start, months) if months else None


def period_bounds(start: date, months: int, number: int) -> tuple[date, date]:
    """Return first and last day of period *number* (from 1); periods leave no gap and no overlap.

    Always counted from *start*, so that short months do not shift the later periods.

    :source: seed 002, Positionen aufteilen; I13
    """
    before = add_months(start, (number - 1) * months)
    first = start if number == 1 else min(before, date.max - timedelta(days=1)) + timedelta(days=1)
    return first, add_months(start, number * months)


def total_months(months: int, positions: int, split: bool) -> int:
    """Return the length of the whole term: split positions follow each other, *months* each.

    :source: seed 002, Positionen aufteilen; AP-39 (12 months, 6 positions: 6 years)
    """
    return months * positions if split else months


def extended_end(start: date, end: date, sold_before: int, months: int) -> date:
    """Return the new last day when *months* are sold on top of a running term.

    Counted from *start* as long as *end* follows from it, so that an extension from 31.01. over
    28.02. goes on to 31.03. (I12); an end that was set by hand is extended as it stands.
    """
    if sold_before and term_end(start, sold_before) == end:
        return add_months(start, sold_before + months)
    return add_months(end, months)
