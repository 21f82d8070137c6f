"""How the seller is told at the till: what a light, a beeper or a log makes of a notice."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

_log = logging.getLogger("reader_bridge.seller")


class Signal(StrEnum):
    """What happened, in the few shades that a light and a beeper can show."""

    GOOD = "good"
    WAIT = "wait"
    REFUSED = "refused"
    AGAIN = "again"
    TROUBLE = "trouble"


SIGNALS = {
    "identified": Signal.GOOD,
    "pushed": Signal.GOOD,
    "written": Signal.GOOD,
    "done": Signal.GOOD,
    "claimed": Signal.GOOD,
    "encode": Signal.WAIT,
    "unreadable": Signal.AGAIN,
    "no_screen": Signal.TROUBLE,
    "new": Signal.TROUBLE,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the seller.

    :param reader: where it happened; empty when it is about the whole till
    """

    signal: Signal
    text: str
    reader: str = ""


class Policy(Protocol):
    """Something a seller can see or hear."""

    def show(self, notice: Notice) -> None:
        """Show one notice; must neither wait nor raise."""


class NullPolicy:
    """For tills where the screen says it all."""

    def show(self, notice: Notice) -> None:
        """Show nothing."""


class LogPolicy:
    """Writes each notice as one line of the log."""

    def show(self, notice: Notice) -> None:
        """Write the line; what needs somebody's attention is a warning."""
        quiet = notice.signal in (Signal.GOOD, Signal.WAIT)
        _log.log(logging.INFO if quiet else logging.WARNING, "%s", notice.text)


def signal_of(status: str) -> Signal:
    """Return the shade of an ERP's status or state."""
    return SIGNALS.get(status, Signal.REFUSED)
