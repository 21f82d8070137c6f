"""What the screen made of a card, asked a moment later, so that the reader can say it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from connector.exceptions import RetryableError
from reader_bridge.link import Link

_log = logging.getLogger(__name__)

_ASK_AFTER_S = 2.5
_GIVE_UP_AFTER_S = 120.0
_NOTHING_DUE_S = 60.0


@dataclass(frozen=True, slots=True)
class _Pending:
    reader: str
    shown: str | None
    due_s: float
    until_s: float


class Outcomes:
    """The cards whose outcome is still open: a dialog may stay on the screen for a while.

    :param clock: monotonic, seconds
    :param show: tells the seller: state, message, reader
    :param watch: told of a card whose removal the ERP wants to hear of
    """

    def __init__(
        self,
        link: Link,
        clock: Callable[[], float],
        show: Callable[[str, str, str], None],
        watch: Callable[[str], None],
    ) -> None:
        self._link, self._clock, self._show, self._watch = link, clock, show, watch
        self._pending: dict[str, _Pending] = {}

    def expect(self, key: str, reader: str, shown: str | None) -> None:
        """Ask later what came of a card of which *shown* was said; None says nothing more."""
        now_s = self._clock()
        self._pending[key] = _Pending(reader, shown, now_s + _ASK_AFTER_S, now_s + _GIVE_UP_AFTER_S)

    def step(self) -> float:
        """Ask for what is due; return the seconds until there is something to ask again."""
        if not self._pending:
            return _NOTHING_DUE_S
        now_s = self._clock()
        due = {key: card for key, card in self._pending.items() if card.due_s <= now_s}
        if not due:
            return min(card.due_s for card in self._pending.values()) - now_s
        for key in due:
            del self._pending[key]
        try:
            for row in self._link.till("card_outcomes", keys=list(due)):
                if row.get("watch_removal"):
                    self._watch(str(row["key"]))
                self._tell(str(row["key"]), str(row["state"]), str(row["message"]), due, now_s)
        except RetryableError as error:
            # The last word was "on the screen": whether that is true must not get lost with a call.
            if not any([self._later(key, card, now_s) for key, card in due.items()]):
                _log.info("what came of the card is not known: %s", error)
        except Exception as error:  # noqa: BLE001 - the screen has said it already
            _log.info("what came of the card is not known: %s", error)
        return 0.0

    def _tell(
        self, key: str, state: str, message: str, due: dict[str, _Pending], now_s: float
    ) -> None:
        card = due[key]
        if state == "claimed" and self._later(key, card, now_s):
            return
        if card.shown not in (None, message):
            self._show(state, message, card.reader)

    def _later(self, key: str, card: _Pending, now_s: float) -> bool:
        """Ask once more in a moment; False when that went on for too long."""
        if now_s < card.until_s:
            self._pending[key] = replace(card, due_s=now_s + _ASK_AFTER_S)
            return True
        return False
