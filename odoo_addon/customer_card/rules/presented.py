"""What a reader may report: each value checked, the clock of the till bounded."""

import math
import re
from dataclasses import dataclass

MAX_AGE_S = 86400.0
# A card that was presented longer ago opens nothing any more: it would be a surprise.
FRESH_S = 10.0
# Keys of codes that were scanned into a screen; no reader may use them up.
SCREEN_KEY = "screen:"
_KEY = re.compile(r"[ -~]{1,64}")
_TEXT_LIMITS = {"kind": 20, "medium": 20, "origin": 20, "value": 512}


class Malformed(ValueError):
    """Not a report of a card; nothing of it is used."""


@dataclass(frozen=True, slots=True)
class Report:
    """One presented card.

    :param key: names the insertion; 1 to 64 printable ASCII signs
    :param age_s: 0 to a day, as the till says; never in the future
    """

    key: str
    kind: str
    value: str
    medium: str
    reader: str
    origin: str
    age_s: float


def read(event: object, from_screen: bool = False) -> Report:
    """Return the report in *event*, a dict as ``card_presented`` takes it.

    :param from_screen: the server itself made it for a paired screen
    :raises Malformed: a value is missing, of another type, too long, or not finite
    """
    if not isinstance(event, dict):
        raise Malformed("event")
    key = event.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Malformed("key")
    if key.startswith(SCREEN_KEY) != from_screen:
        raise Malformed("key")
    texts = {name: _text(event, name, limit) for name, limit in _TEXT_LIMITS.items()}
    # A reader's name is shown only, and its driver may call it anything.
    reader = str(event.get("reader") or "").replace("\0", "")[:120]
    return Report(key=key, reader=reader, age_s=_age(event.get("age_s")), **texts)


def shown_key(event: object) -> str:
    """Return by what the caller will know the answer to a malformed report."""
    key = event.get("key") if isinstance(event, dict) else ""
    return key if isinstance(key, str) else ""


def _text(event: dict, name: str, limit: int) -> str:
    text = event.get(name)
    if text is None or text is False:
        return ""
    if not isinstance(text, str) or len(text) > limit or not text.isascii() or "\0" in text:
        raise Malformed(name)
    return text


def _age(value: object) -> float:
    if value is None or value is False:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed("age_s")
    try:
        age = float(value)
    except OverflowError:
        raise Malformed("age_s") from None
    if not math.isfinite(age):
        raise Malformed("age_s")
    return min(max(age, 0.0), MAX_AGE_S)
