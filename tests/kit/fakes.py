"""Fakes for the bridge's units: a link that answers as told, a policy that remembers, a clock."""

import time
from collections.abc import Callable
from typing import Any

from reader_bridge.events import CardPresented
from reader_bridge.policy import Notice

PATIENCE_S = 5.0


def until(true: Callable[[], Any]) -> None:
    """Wait until something is true in another thread."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.002)


class Clock:
    """Time that passes when told."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


class FakeLink:
    """Takes the place of the ERP; ``answers`` is what comes next for each method."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, list[Any]] = {}

    def till(self, method: str, /, **kwargs: Any) -> Any:
        return self._call(method, kwargs)

    encoding = till

    def _call(self, method: str, kwargs: dict[str, Any]) -> Any:
        self.calls.append((method, kwargs))
        waiting = self.answers.get(method) or [None]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(kwargs)
        if answer is None and method == "card_presented":
            return [pushed(event) for event in kwargs["events"]]
        return answer

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [kwargs for name, kwargs in self.calls if name == method]


def pushed(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The usual answer to one event."""
    return {
        "key": event["key"],
        "status": "pushed",
        "action": "customer",
        "message": f"seen {event['key']}",
        "event_id": 1,
        "duplicate": False,
        **changes,
    }


class Shown:
    """A policy that remembers what it was asked to show."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def show(self, notice: Notice) -> None:
        self.notices.append(notice)

    @property
    def texts(self) -> list[str]:
        return [notice.text for notice in self.notices]


class CardDesk:
    """Where cards are presented; remembers them."""

    def __init__(self) -> None:
        self.polled: dict[str, Any] = {}
        self.cards: list[CardPresented] = []
        self.empty: list[str] = []
        self.gone: list[str] = []

    def presented(self, card: CardPresented, _event: Any) -> None:
        self.cards.append(card)

    def removed(self, reader: str) -> None:
        self.empty.append(reader)

    def left(self, reader: str) -> None:
        self.gone.append(reader)

    def paused(self) -> bool:
        return False

    def wait(self, count: int) -> None:
        until(lambda: len(self.cards) >= count)

    @property
    def credentials(self) -> list[tuple[str, str]]:
        return [(card.credential.kind, card.credential.value) for card in self.cards]
