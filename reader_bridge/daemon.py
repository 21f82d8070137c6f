"""The bridge itself: watcher, one thread per reader, spool, sender, put together."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from connector.erp import Erp, ErpSettings, connect
from reader_bridge import __version__
from reader_bridge.board import Board
from reader_bridge.cards.base import CardGone
from reader_bridge.config import BridgeSettings
from reader_bridge.events import CardPresented
from reader_bridge.heartbeat import Heartbeat
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.messages import Say, Translator
from reader_bridge.policy import POLICIES, Notice, Policy, Signal
from reader_bridge.readers.base import Event, Inserted, Seen, Source, Write
from reader_bridge.readers.names import media_of
from reader_bridge.readers.pcsc_card import PcscSlot
from reader_bridge.readers.slot import SlotWorker
from reader_bridge.removals import Removals
from reader_bridge.report import report
from reader_bridge.sender import Sender
from reader_bridge.sources import make_sources
from reader_bridge.spool import Spool
from reader_bridge.systemd import notify
from reader_bridge.writings import Writings

_log = logging.getLogger(__name__)
_WATCHER_MAX_AGE_S = 10.0


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

    def presented(self, card: CardPresented, event: Event | None) -> None:
        """Keep the card; before anything else, and in the thread of its reader."""
        if isinstance(event, Inserted):
            self._board.reader(card.reader, "card")
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
        return self._spool.paused()

    def removed(self, reader: str) -> None:
        """Note that a reader is empty."""
        self._spool.removed(reader)
        self._removals.removed(reader)
        self._board.reader(reader, "ready")

    def _leave(self, name: str, removed: bool = True) -> None:
        self._workers.pop(name).stop()
        if removed:
            self._removals.removed(name)
        self._board.reader(name, "gone")


class Bridge:
    """Everything that runs on a till.

    :param dial: how to open a connection to the ERP
    """

    def __init__(
        self, settings: BridgeSettings, dial: Callable[[ErpSettings], Erp] = connect
    ) -> None:
        follow = settings.language == "auto"
        self.spool = Spool(settings.spool)
        language = self.spool.language() or "en" if follow else settings.language
        self.board = Board(Translator(language))
        policy = POLICIES[settings.policy]()
        access = Access(settings.erp, settings.key_file)
        self._writings = Writings(settings.spool)
        self._sender = Sender(self.spool, Link(access, dial), policy, self.board, self._writings)
        self._heartbeat = Heartbeat(
            self.spool, Link(access, dial), self.board, settings.heartbeat_s, follow, access
        )
        sender = self._sender
        desk = Desk(self.spool, self.board, policy, sender.wake, sender.removals, sender.ask_again)
        self._sender.writes_with(desk.write)
        self._sources = make_sources(settings, desk, self.board, self._looked)
        self._health_port = settings.health_port
        self._looked_at_s = time.monotonic()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._asked_to_stop = False

    def run(self) -> bool:
        """Run until stopped; False when it ended by itself, which it never should.

        The calling thread only waits: a signal is not heard by a thread that sleeps in pcscd.
        """
        _log.info("customer-card-bridge %s, spool: %d waiting", __version__, self.spool.depth())
        watching = [self._watch(source) for source in self._sources]
        if self._health_port:
            self._serve_health()
        self._sender.start()
        self._heartbeat.start()
        notify("READY=1")
        self._ended.wait()
        self._stop.set()
        for source in self._sources:
            source.cancel()
        self._sender.stop()
        self._heartbeat.stop()
        self._sender.join(2)
        self._heartbeat.join(2)
        for thread in watching:
            thread.join(2)
        return self._asked_to_stop

    def stop(self) -> None:
        """Ask for the end, from any thread or signal handler."""
        self._asked_to_stop = True
        self._ended.set()

    def report(self) -> dict[str, Any]:
        """Return the bridge's health; no card and no person is in it."""
        age_s = time.monotonic() - self._looked_at_s
        return report(self.board, self.spool, age_s, _WATCHER_MAX_AGE_S)

    def _serve_health(self) -> None:
        # Loaded here: the readers are watched before a web server is there to tell of it.
        from reader_bridge.health import Health

        try:
            Health(self.report, self._health_port, self._sender.wake).start()
        except OSError as error:
            reason = error.strerror or error
            _log.warning("%s", self.board.say(Say.NO_HEALTH, port=self._health_port, reason=reason))

    def _watch(self, source: Source) -> threading.Thread:
        def watch() -> None:
            try:
                source.run(self._stop)
            finally:
                self._ended.set()

        thread = threading.Thread(target=watch, name=type(source).__name__, daemon=True)
        thread.start()
        return thread

    def _looked(self) -> None:
        self._looked_at_s = time.monotonic()
        notify("WATCHDOG=1")


def _pcsc_worker(reader: str, desk: Desk) -> SlotWorker:
    return SlotWorker(PcscSlot(reader), desk.presented, desk.removed, desk.paused)
