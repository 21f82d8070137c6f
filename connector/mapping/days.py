"""The day that a date, a time stamp or a text of the ERP means where the shop is."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from connector.mapping.model import Rule

DATES = {"date", "birthday"}
STAMP = "%Y-%m-%d %H:%M:%S"
DAY = "%Y-%m-%d"


def day_reader(rule: Rule, kind: str) -> Callable[[Any], Any] | None:
    """Return what makes YYYY-MM-DD of a value of the ERP, None where the rule is for no date.

    Odoo's time stamps are UTC, a text is the shop's time; ``zone`` says it where it is not so.

    :return: a function that raises ValueError for a text that is not written like ``format``
    """
    if kind not in DATES:
        return None
    shop = ZoneInfo(rule.shop_zone)
    written_in = ZoneInfo(rule.zone) if rule.zone else shop if rule.format else UTC

    @lru_cache(maxsize=4096)
    def read(text: str) -> str:
        try:
            # Its zone follows, if the text itself names none.
            time = datetime.strptime(text.strip(), rule.format or STAMP)  # noqa: DTZ007
        except ValueError:
            if rule.format:
                raise ValueError(f"'{text}' is not written like {rule.format}") from None
            return text  # a day already, or what the converter refuses
        if time.tzinfo is None:
            if rule.format and not _has_time(rule.format):
                return time.strftime(DAY)
            time = time.replace(tzinfo=written_in)
        return time.astimezone(shop).date().isoformat()

    return lambda value: read(value) if type(value) is str else value


def _has_time(format_: str) -> bool:
    return any(sign in format_ for sign in ("%H", "%I", "%X", "%c", "%T"))
