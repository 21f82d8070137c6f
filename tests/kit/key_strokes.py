"""Event lists as a scanner's keyboard makes them, for a kernel without uinput."""

from collections.abc import Iterable
from types import SimpleNamespace

from reader_bridge.readers.keys import _PLAIN, _SHIFTED, EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT

LEFT_SHIFT, ENTER = 42, 28
Event = tuple[int, int, int]
DROPPED: Event = (EV_SYN, SYN_DROPPED, 0)
REPORT: Event = (EV_SYN, SYN_REPORT, 0)
_PLAIN_KEYS = {key: code for code, key in reversed(_PLAIN.items())}
_SHIFT_KEYS = {key: code for code, key in _SHIFTED.items() if _PLAIN.get(code) != key}


def typed(text: str, enter: bool = True) -> list[Event]:
    """Return the events of a scanner that types the text on a US keyboard."""
    events: list[Event] = []
    for key in text:
        shift = key not in _PLAIN_KEYS
        code = _SHIFT_KEYS[key] if shift else _PLAIN_KEYS[key]
        events += _press(LEFT_SHIFT, 1) if shift else []
        events += _press(code, 1) + _press(code, 0)
        events += _press(LEFT_SHIFT, 0) if shift else []
    return events + (_press(ENTER, 1) + _press(ENTER, 0) if enter else [])


def overrun(events: list[Event], at: int, lost: int) -> list[Event]:
    """Return what a reader sees when the kernel's buffer overflowed at *at* and lost so many."""
    return [*events[:at], DROPPED, REPORT, *events[at + lost :]]


def input_events(events: Iterable[Event]) -> list[SimpleNamespace]:
    """Return them as the library evdev does."""
    return [SimpleNamespace(type=kind, code=code, value=value) for kind, code, value in events]


def _press(code: int, value: int) -> list[Event]:
    return [(EV_KEY, code, value), REPORT]
