"""Tells the ERP what became of a card that a screen had asked for, until it has heard it."""

import logging
from collections.abc import Callable

from connector.exceptions import CardSystemError, ReaderError, RetryableError
from reader_bridge.board import Board
from reader_bridge.cards.base import CardDamaged, CardGone
from reader_bridge.encode import CardTaken
from reader_bridge.events import EncodeJob
from reader_bridge.link import Link
from reader_bridge.messages import Say
from reader_bridge.writings import Writing, Writings

_log = logging.getLogger(__name__)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_NOTHING_DUE_S = 60.0


class EncodeReports:
    """Written cards on their way to the ERP.

    :param clock: monotonic, seconds
    :param show: tells the seller: state, message, reader
    :param wake: there is something to report
    """

    def __init__(
        self,
        link: Link,
        writings: Writings,
        board: Board,
        clock: Callable[[], float],
        show: Callable[[str, str, str], None],
        wake: Callable[[], None],
    ) -> None:
        self._link, self._writings, self._board = link, writings, board
        self._clock, self._show, self._wake = clock, show, wake
        self._maybe_open = True  # what an earlier run left behind
        self._failures = 0
        self._again_s = 0.0

    def done(self, job: EncodeJob, result: str | ReaderError) -> None:
        """A try has ended, well or not; called in the thread of the reader."""
        if result == job.token:
            writing = Writing(job.encoding_id, job.token, "", job.reader)
        else:
            writing = Writing(job.encoding_id, "", self._reason(result), job.reader)
        self._writings.add(writing)
        self._maybe_open = True
        self._wake()

    def step(self) -> float:
        """Report what is due; return the seconds until there is something to try again."""
        if not self._maybe_open:
            return _NOTHING_DUE_S
        if (left_s := self._again_s - self._clock()) > 0:
            return left_s
        self._maybe_open = False
        if (writing := self._writings.first()) is None:
            return _NOTHING_DUE_S
        self._maybe_open = True
        try:
            self._tell(writing)
        except RetryableError as error:
            _log.info("the written card could not be reported yet: %s", error)
            wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(self._failures, 10))
            self._failures += 1
            self._again_s = self._clock() + wait_s
            return wait_s
        except CardSystemError as error:
            self._refused(writing, str(error))
        except Exception as error:  # noqa: BLE001 - a strange answer must not stop the cards
            _log.exception("the written card could not be reported")
            self._refused(writing, f"{type(error).__name__}: {error}")
        self._failures = 0
        self._writings.settle(writing)
        return 0.0

    def _tell(self, writing: Writing) -> None:
        if not writing.read_back:
            self._link.encoding("failed", encoding_id=writing.encoding_id, reason=writing.reason)
            self._show("unreadable", writing.reason, writing.reader)
            return
        answer = self._link.encoding(
            "confirm", encoding_id=writing.encoding_id, read_back=writing.read_back
        )
        text = answer.get("message") or self._board.say(Say.WRITTEN, number=answer["number"])
        self._show("done", str(text), writing.reader)

    def _refused(self, writing: Writing, reason: str) -> None:
        # The card may hold the token all the same: presented, it is confirmed or said unknown.
        say = Say.ASKED_NOT_CONFIRMED if writing.read_back else Say.UNEXPECTED
        self._show("refused", self._board.say(say, reason=reason.rstrip(".")), writing.reader)

    def _reason(self, error: str | ReaderError) -> str:
        say = self._board.say
        if isinstance(error, str):
            return say(Say.NOT_THE_SAME)
        if isinstance(error, CardTaken):
            return say(Say.CARD_TAKEN)
        if isinstance(error, CardGone | CardDamaged):
            return say(Say.PUT_BACK)
        return say(Say.WRONG_CARD, reason=str(error).rstrip("."))
