"""Tells the ERP every half minute that this till lives, so that the shop sees when it does not."""

import logging
import threading

from connector.exceptions import CardSystemError
from reader_bridge import __version__
from reader_bridge.board import Board
from reader_bridge.link import Link
from reader_bridge.messages import Translator
from reader_bridge.spool import Spool

_log = logging.getLogger(__name__)
_SETTLE_S = 0.2


class Heartbeat(threading.Thread):
    """Reports the readers and learns the till's name and language.

    :param follow_language: speak the language the ERP gives this till
    """

    def __init__(
        self, spool: Spool, link: Link, board: Board, every_s: float, follow_language: bool
    ) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._spool = spool
        self._link = link
        self._board = board
        self._every_s = every_s
        self._follow_language = follow_language
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """End soon."""
        self._stop_asked.set()
        self._board.changed.set()

    def run(self) -> None:
        """Report now, at every change and in between."""
        while not self._stop_asked.is_set():
            self._board.changed.clear()
            self.beat()
            if self._board.changed.wait(self._every_s):
                self._stop_asked.wait(_SETTLE_S)  # several readers come as one piece of news

    def beat(self) -> None:
        """Report once; failing is not worth a word, as the sender says why the ERP is away."""
        readers = [
            {"name": name, "state": state} for name, state in sorted(self._board.readers.items())
        ]
        info = {
            "version": __version__,
            "readers": readers,
            "spool_depth": self._spool.depth(),
        }
        try:
            answer = self._link.till("heartbeat", info=info)
            self._board.till = str(answer.get("till") or "")
            self._board.screen = bool(answer.get("screen"))
            self._follow(str(answer.get("lang") or ""))
        except CardSystemError as error:
            self._board.screen = False
            _log.info("heartbeat: %s", error)
        except Exception:  # noqa: BLE001 - a strange answer must not silence the till
            _log.exception("heartbeat: unexpected error")

    def _follow(self, language: str) -> None:
        if self._follow_language and language and language != self._board.say.language:
            self._board.say = Translator(language)
            self._spool.remember_language(language)
