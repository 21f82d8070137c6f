"""Where the events of the readers come together: kept on disk, shown on the board, passed on."""

import logging
import sqlite3
from collections.abc import Callable

from reader_bridge.board import Board
from reader_bridge.cards.base import CardGone
from reader_bridge.events import CardPresented
from reader_bridge.messages import Say
from reader_bridge.policy import Notice, Policy, Signal
from reader_bridge.readers.base import Event, Inserted, Seen, Write
from reader_bridge.readers.names import media_of
from reader_bridge.readers.slot import SlotWorker
from reader_bridge.removals import Removals
from reader_bridge.spool import Spool

_log = logging.getLogger(__name__)


class Desk:
    """Where the readers' events come together; the watcher's listener.

    :param again: told of a card that was reported before and still lies there
    :param worker: makes the thread that reads one reader's cards
    :ivar polled: readers that are no business of the card service, and who reads their cards
    """

    def __init__(
        self,
        spool: Spool,
        board: Board,
        policy: Policy,
        wake: Callable[[], None],
        removals: Removals,
        again: Callable[[str], None] = lambda _key: None,
        worker: Callable[[str, "Desk"], SlotWorker] | None = None,
    ) -> None:
        self._spool = spool
        self._board = board
        self._policy = policy
        self._wake = wake
        self._removals = removals
        self._again = again
        self._make_worker = worker or _pcsc_worker
        self._workers: dict[str, SlotWorker] = {}
        self.polled: dict[str, SlotWorker] = {}
        self._listed = False

    def card(self, event: Event) -> None:
        """Pass the event to the thread of its reader."""
        if worker := self._workers.get(event.reader):
            worker.put(event)

    def readers(self, names: list[str]) -> None:
        """Start and end the threads of readers that came and went."""
        for name in [name for name in self._workers if name not in names]:
            self._leave(name)
            _log.warning("%s", self._board.say(Say.READER_GONE, reader=name))
        for name in [name for name in names if name not in self._workers]:
            self._workers[name] = self._make_worker(name, self)
            self._workers[name].start()
            self._board.reader(name, "ready", "pcsc", media_of(name))
            if self._listed:
                _log.info("%s", self._board.say(Say.READER_FOUND, reader=name))
        if names:
            self._board.right("cards")
            if not self._listed:
                _log.info("%s", self._board.say(Say.WATCHING, readers=", ".join(names)))
        elif self._board.wrong("cards", self._board.say(Say.NO_READER)):
            _log.warning("%s", self._board.say(Say.NO_READER))
        self._listed = True

    def service(self, up: bool, reason: str) -> None:
        """Say that the card service left or came back."""
        if up:
            if self._board.right("service"):
                _log.info("%s", self._board.say(Say.SERVICE_BACK))
            return
        for name in list(self._workers):
            self._leave(name, removed=False)  # the card may well lie there when it comes back
        self._listed = False
        sentence = self._board.say(Say.NO_SERVICE, reason=reason)
        if self._board.wrong("service", sentence):
            self._policy.show(Notice(Signal.TROUBLE, sentence))

    def remembered(self, reader: str) -> Seen | None:
        """Return what the spool knows of a reader."""
        return self._spool.seen(reader)

    def busy(self, reader: str) -> None:
        """Say, once as long as it lasts, that another program keeps the card from us."""
        sentence = self._board.say(Say.READER_BUSY, reader=reader)
        if self._board.wrong(reader, sentence):
            self._board.reader(reader, "busy")
            self._policy.show(Notice(Signal.TROUBLE, sentence, reader))

    def presented(self, card: CardPresented, event: Event | None) -> None:
        """Keep the card; before anything else, and in the thread of its reader."""
        if isinstance(event, Inserted):
            self._free(card.reader, "card")
        self._board.count("card")
        try:
            added = self._spool.append(card, event)
        except sqlite3.Error as error:
            self._board.wrong("spool", str(error))
            text = self._board.say(Say.NOT_NOTED, reader=card.reader, reason=error)
            self._policy.show(Notice(Signal.TROUBLE, text, card.reader))
            return
        self._board.right("spool")
        if isinstance(event, Inserted):
            self._removals.inserted(card.reader, card.key, again=not added)
        if not added:
            self._again(card.key)
            _log.info("%s", self._board.say(Say.CARD_SAME, reader=card.reader))
            return
        self._wake()
        if card.credential.kind == "unreadable":
            text = self._board.say(Say.CARD_UNREADABLE, reader=card.reader)
            self._policy.show(Notice(Signal.AGAIN, text, card.reader))
            return
        noted = Say.CARD_FOUND if card.origin == "found" else Say.CARD_NOTED
        _log.info(
            "%s (%s %s)",
            self._board.say(noted, reader=card.reader),
            card.credential.kind,
            card.credential.fingerprint[:4],
        )

    def write(self, reader: str, job: Write) -> None:
        """Have a card written by the thread of its reader; the job is told how it went."""
        if worker := self._workers.get(reader) or self.polled.get(reader):
            worker.put(job)
        else:
            job.done(CardGone("the reader was unplugged"))

    def paused(self) -> bool:
        """Tell whether a card is being written just now."""
        try:
            return self._spool.paused()
        except sqlite3.Error:
            return False  # the card is reported; that it cannot be noted is told then

    def removed(self, reader: str) -> None:
        """Note that a reader is empty."""
        self.left(reader)
        self._free(reader, "ready")
        try:
            self._spool.removed(reader)
        except sqlite3.Error as error:
            self._board.wrong("spool", str(error))
            _log.warning("that %s is empty could not be noted: %s", reader, error)

    def left(self, reader: str) -> None:
        """Tell, where somebody asked for it, that the card in a reader is out of reach."""
        self._removals.removed(reader)

    def _free(self, reader: str, state: str) -> None:
        self._board.right(reader)
        self._board.reader(reader, state)

    def _leave(self, name: str, removed: bool = True) -> None:
        self._workers.pop(name).stop()
        if removed:
            self.left(name)
        self._free(name, "gone")


def _pcsc_worker(reader: str, desk: Desk) -> SlotWorker:
    # A till with scanners only needs no pyscard.
    from reader_bridge.readers.pcsc_card import PcscSlot

    slot = PcscSlot(reader, busy=desk.busy)
    return SlotWorker(slot, desk.presented, desk.removed, desk.paused, busy=desk.busy)
