"""Carries the spooled cards to the ERP, in their order, and brings its answers to the seller."""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from connector.exceptions import ErpRefused, FatalError, RetryableError
from reader_bridge.board import Board
from reader_bridge.cards.base import CardGone
from reader_bridge.encode_reports import EncodeReports
from reader_bridge.events import Answer, EncodeJob
from reader_bridge.link import Link
from reader_bridge.messages import Say
from reader_bridge.outcomes import Outcomes
from reader_bridge.policy import Notice, Policy, Signal, signal_of
from reader_bridge.readers.base import Write
from reader_bridge.removals import Removals
from reader_bridge.spool import Spool, Waiting
from reader_bridge.wire import answers as answers_of
from reader_bridge.wire import as_dict
from reader_bridge.writings import Writings

_log = logging.getLogger(__name__)

_LIVE, _REPLAY = 20, 200
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.05, 30.0
_LOCKED_OUT_WAIT_S = 30.0
_UNEXPECTED_LIMIT = 5
_ODOOS_OWN_ERRORS = ("builtins.", "http", "psycopg2.")


class Sender(threading.Thread):
    """One call in flight, so that the ERP sees the cards in the order the seller did.

    :param writings: what became of cards that were written
    :param clock: monotonic, seconds
    :param jitter: a number from 0 to 1; spreads the tills after an outage
    """

    def __init__(
        self,
        spool: Spool,
        link: Link,
        policy: Policy,
        board: Board,
        writings: Writings,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(name="sender", daemon=True)
        self._spool = spool
        self._link = link
        self._policy = policy
        self._board = board
        self._clock = clock
        self._jitter = jitter
        self._wake = threading.Event()
        self._stopped = False
        self._failures = 0
        self._one_by_one = False
        self._unexpected: dict[str, int] = {}
        self._told_waiting: set[str] = set()
        self._outcomes = Outcomes(link, clock, self._show, self._watch)
        self._old_cards: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reports = EncodeReports(link, writings, board, clock, self._show, self.wake)
        self._write: Callable[[str, Write], None] = _nobody_writes
        self.removals = Removals(link, clock, self.wake)

    def writes_with(self, write: Callable[[str, Write], None]) -> None:
        """Say who writes a card that lies in a reader."""
        self._write = write

    def wake(self) -> None:
        """There is something new in the spool."""
        self._wake.set()

    def ask_again(self, key: str) -> None:
        """A card that was reported by an earlier run still lies there: what is to be watched?"""
        self._old_cards.put(key)
        self.wake()

    def stop(self) -> None:
        """End after the call in flight."""
        self._stopped = True
        self._wake.set()

    def run(self) -> None:
        """Send until stopped; nothing the ERP or the network does may end this thread."""
        while not self._stopped:
            try:
                pause_s = self.step()
            except Exception:  # noqa: BLE001 - the spool itself failed; it is tried again
                _log.exception("the spool could not be read")
                pause_s = self._backoff()
            # While the ERP is away a new card is no reason to try earlier.
            if self._failures == 0 or pause_s <= 0:
                self._wake.wait(pause_s)
            else:
                self._sleep(pause_s)
            self._wake.clear()

    def step(self) -> float:
        """Send one batch and return how long to rest, at most, in seconds."""
        # A card that was written is told before it can be presented again.
        report_s = self._reports.step()
        waiting = self._spool.waiting(1 if self._one_by_one else _REPLAY)
        if len(waiting) < _REPLAY:
            waiting = waiting[:_LIVE]
        if waiting:
            return self._send(waiting)
        self._one_by_one = False
        while not self._old_cards.empty():
            self._outcomes.expect(self._old_cards.get(), "", None)
        return min(report_s, self.removals.step(), self._outcomes.step())

    def _sleep(self, pause_s: float) -> None:
        until = self._clock() + pause_s
        while not self._stopped and (left := until - self._clock()) > 0:
            self._tell_waiting()
            self._wake.wait(left)
            self._wake.clear()

    def _send(self, waiting: Sequence[Waiting]) -> float:
        try:
            began_s = self._clock()
            rows = self._link.till("card_presented", events=[as_dict(each) for each in waiting])
            answers = answers_of(rows, waiting)
            self._board.answered(began_s, self._clock())
        except RetryableError as error:
            return self._away(str(error))
        except ErpRefused as error:
            if error.is_access:
                return self._locked_out(str(error))
            if error.name.startswith(_ODOOS_OWN_ERRORS):
                # A program error over there may be an upgrade that is under way.
                return self._surprised(waiting, error)
            return self._refused(waiting, str(error))
        except FatalError as error:
            return self._refused(waiting, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the cards stay
            return self._surprised(waiting, error)
        self._arrived(waiting, answers)
        return 0.0

    def _arrived(self, waiting: Sequence[Waiting], answers: Sequence[Answer]) -> None:
        self._failures = 0
        if self._board.right("erp"):
            _log.info("%s", self._board.say(Say.ERP_BACK))
        self._spool.settle(answers)
        readers = {each.event.key: each.event.reader for each in waiting}
        for answer in answers:
            self._told_waiting.discard(answer.key)
            self._unexpected.pop(answer.key, None)
            self._board.count(f"answer {answer.status}")
            if answer.status == "stale":
                # Its seller was told at the time; now it would be a surprise.
                _log.info("%s", answer.message)
            elif answer.status != "unreadable":  # that the till has said itself, at once
                self._show(answer.status, answer.message, readers[answer.key])
            if answer.encode:
                self._have_written(answer.encode)
            if answer.watch_removal:
                self._watch(answer.key)
            if answer.status == "pushed":
                self._outcomes.expect(answer.key, readers[answer.key], answer.message)

    def _have_written(self, job: EncodeJob) -> None:
        done = partial(self._reports.done, job)
        self._write(job.reader, Write(job.key, job.token, job.overwrite, done))

    def _watch(self, key: str) -> None:
        self.removals.watch(key)

    def _away(self, reason: str) -> float:
        sentence = self._board.say(
            Say.ERP_WAITING, reason=reason.rstrip("."), count=self._spool.depth()
        )
        if self._board.wrong("erp", sentence):
            _log.warning("%s", sentence)
        self._tell_waiting()
        return self._backoff()

    def _locked_out(self, reason: str) -> float:
        sentence = self._board.say(Say.ERP_LOCKED_OUT, reason=reason)
        if self._board.wrong("erp", sentence):
            _log.error("%s", sentence)
        self._tell_waiting()
        self._failures += 1
        return _LOCKED_OUT_WAIT_S

    def _refused(self, waiting: Sequence[Waiting], reason: str) -> float:
        if len(waiting) > 1:
            # One of them is bad; alone it cannot hold the others back.
            self._one_by_one = True
            return 0.0
        event = waiting[0].event
        text = self._board.say(Say.EVENT_REJECTED, reader=event.reader, reason=reason)
        self._spool.settle([Answer(event.key, "rejected", text)], state="rejected")
        self._failures = 0
        self._told_waiting.discard(event.key)
        self._show("rejected", text, event.reader)
        return 0.0

    def _surprised(self, waiting: Sequence[Waiting], error: Exception) -> float:
        first = waiting[0].event.key
        self._unexpected[first] = self._unexpected.get(first, 0) + 1
        if self._unexpected[first] >= _UNEXPECTED_LIMIT:
            self._unexpected[first] = 0
            return self._refused(waiting, f"{type(error).__name__}: {error}")
        sentence = self._board.say(Say.UNEXPECTED, reason=f"{type(error).__name__}: {error}")
        if self._board.wrong("erp", sentence):
            _log.exception("%s", sentence)
        self._tell_waiting()
        return self._backoff()

    def _backoff(self) -> float:
        self._board.count("erp failure")
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(self._failures, 20))
        self._failures += 1
        return longest * (0.5 + self._jitter() / 2)

    def _tell_waiting(self) -> None:
        """Tell the seller at once, once per card, that nothing will come of it now."""
        for each in self._spool.waiting(_REPLAY):
            if each.event.key not in self._told_waiting:
                self._told_waiting.add(each.event.key)
                text = self._board.say(Say.ERP_AWAY)
                self._policy.show(Notice(Signal.TROUBLE, text, each.event.reader))

    def _show(self, status: str, message: str, reader: str) -> None:
        if message:
            self._board.last_answer = message
            self._policy.show(Notice(signal_of(status), message, reader))


def _nobody_writes(_reader: str, job: Write) -> None:
    job.done(CardGone("no reader is watched here"))
