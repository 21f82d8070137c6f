"""The bridge itself: watcher, one thread per reader, spool, sender, put together."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from connector.erp import Erp, ErpSettings, connect
from reader_bridge import __version__
from reader_bridge.board import Board
from reader_bridge.config import BridgeSettings
from reader_bridge.desk import Desk
from reader_bridge.heartbeat import Heartbeat
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.messages import Say, Translator
from reader_bridge.policies import POLICIES
from reader_bridge.readers.base import Source
from reader_bridge.report import report
from reader_bridge.sender import Sender
from reader_bridge.sources import make_sources
from reader_bridge.spool import Spool
from reader_bridge.systemd import notify
from reader_bridge.writings import Writings

_log = logging.getLogger(__name__)
_WATCHER_MAX_AGE_S = 10.0


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
        self._sources = make_sources(settings, desk, self.board, self._looked, self.spool.bridge())
        self._health_port = settings.health_port
        self._looked_at_s = time.monotonic()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._asked_to_stop = False

    def run(self) -> bool:
        """Run until stopped; False when it ended by itself, which it never should.

        The calling thread only waits: a signal is not heard by a thread that sleeps in pcscd.
        """
        waiting = self.spool.depth()
        _log.info("%s", self.board.say(Say.STARTED, version=__version__, count=waiting))
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
