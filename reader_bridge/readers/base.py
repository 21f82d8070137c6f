"""What every kind of reader reports."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from connector.exceptions import ReaderError


class ReaderBusy(ReaderError):
    """Another program keeps the card to itself."""


@dataclass(frozen=True, slots=True)
class Inserted:
    """A card lies in the reader.

    :param service: names the running card service; its counts begin anew with the next one
    :param count: the service's own number of this insertion
    :param origin: ``insert``, or ``found`` when it was there before we looked
    :param at_s: boot-time clock, seconds
    """

    reader: str
    service: str
    count: int
    atr: bytes
    origin: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A card came and went before anybody could look at it; the service's count gives it away."""

    reader: str
    service: str
    count: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Removed:
    """The reader is empty (or gone, and its card with it)."""

    reader: str


Event = Inserted | Missed | Removed


@dataclass(frozen=True, slots=True)
class Write:
    """A card that lies in a reader is to be written.

    :param key: names the insertion that was asked about; another card is never written instead
    :param done: told what the card says afterwards, or why it was not written; called in the
        reader's own thread, so it must not wait for anything
    """

    key: str
    token: str
    overwrite: bool
    done: Callable[[str | ReaderError], None]


class Source(Protocol):
    """One way by which cards come in, with a thread of its own."""

    def run(self, stop: threading.Event) -> None:
        """Look out for cards until told to stop; what goes wrong is reported and waited out."""

    def cancel(self) -> None:
        """Wake the running thread up, from another one, so that it sees that it shall stop."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last known state of one reader."""

    service: str
    count: int
    present: bool


class Listener(Protocol):
    """Who wants to know; called from the watching thread, so it must not wait for anything."""

    def card(self, event: Event) -> None:
        """A card came, went, or was missed."""

    def readers(self, names: list[str]) -> None:
        """The list of readers changed."""

    def service(self, up: bool, reason: str) -> None:
        """The card service came or went."""

    def remembered(self, reader: str) -> Seen | None:
        """Return what was last known of a reader, also from before a restart of the bridge."""


def boot_time() -> float:
    """Return the seconds since the machine started, sleep included."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
