"""Tells the ERP three times a minute that this till lives; silence is seen in the shop."""

import logging
import threading
import time
from typing import Any

from connector.exceptions import CardSystemError
from reader_bridge import __version__
from reader_bridge.board import Board
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.messages import Say, Translator
from reader_bridge.spool import Spool

_log = logging.getLogger(__name__)
_FIRST_LOOK_S = 1.0
_SETTLE_S = 0.2


class Heartbeat(threading.Thread):
    """Reports the readers, learns the till's name and language, and renews its key in time.

    :param access: keeps the key
    :param follow_language: speak the language the ERP gives this till
    """

    def __init__(
        self,
        spool: Spool,
        link: Link,
        board: Board,
        every_s: float,
        follow_language: bool,
        access: Access | None = None,
    ) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._spool = spool
        self._link = link
        self._board = board
        self._every_s = every_s
        self._follow_language = follow_language
        self._access = access
        self._told_not_kept = False
        self._told = ""
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """End soon."""
        self._stop_asked.set()
        self._board.changed.set()

    def run(self) -> None:
        """Report as soon as the readers are known, at every change and in between."""
        self._await_news(_FIRST_LOOK_S)
        while not self._stop_asked.is_set():
            self._board.changed.clear()
            self.beat()
            self._await_news(self._every_s)
        for name in self._board.readers:
            self._board.reader(name, "gone")
        self.beat()  # who says goodbye is seen to be away at once

    def _await_news(self, longest_s: float) -> None:
        if self._board.changed.wait(longest_s):
            self._stop_asked.wait(_SETTLE_S)  # several readers come as one piece of news

    def beat(self) -> None:
        """Report once; failing is not worth a word, as the sender says why the ERP is away."""
        info = {
            "version": __version__,
            "readers": [self._reader(*reader) for reader in sorted(self._board.readers.items())],
            "spool_depth": self._spool.depth(),
        }
        try:
            answer = self._link.till("heartbeat", info=info)
            self._board.erp_ok_s = time.monotonic()
            self._told = ""
            self._board.till = str(answer.get("till") or "")
            self._board.screen = bool(answer.get("screen"))
            self._follow(str(answer.get("lang") or ""))
            if answer.get("renew_key"):
                self._renew_key()
        except CardSystemError as error:
            self._board.screen = False
            if str(error) != self._told:
                _log.info("heartbeat: %s", error)
            self._told = str(error)
        except Exception:  # noqa: BLE001 - a strange answer must not silence the till
            _log.exception("heartbeat: unexpected error")

    def _follow(self, language: str) -> None:
        if self._follow_language and language and language != self._board.say.language:
            self._board.say = Translator(language)
            self._spool.remember_language(language)

    def _reader(self, name: str, state: str) -> dict[str, Any]:
        source, media = self._board.sources.get(name, ("", ()))
        return {"name": name, "state": state, "source": source, "media": list(media)}

    def _renew_key(self) -> None:
        """Replace the key; whatever stops us, the old one goes on working until its end."""
        if self._access is None or not self._access.can_renew():
            self._cannot_renew("its file is not ours to write")
            return
        renewed = self._link.till("renew_key")
        try:
            self._access.renew(str(renewed["key"]))
        except OSError as error:
            self._cannot_renew(str(error))
            return
        self._told_not_kept = False
        _log.info("%s", self._board.say(Say.KEY_RENEWED, day=renewed["valid_until"]))

    def _cannot_renew(self, reason: str) -> None:
        if not self._told_not_kept:
            self._told_not_kept = True
            _log.warning("%s", self._board.say(Say.KEY_NOT_KEPT, reason=reason))
