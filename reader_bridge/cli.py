"""``customer-card-bridge``: run the daemon, write a card, show how it goes."""

import argparse
import json
import logging
import queue
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from connector.exceptions import CardSystemError
from reader_bridge.cards.base import Channel
from reader_bridge.config import BridgeSettings, read_settings
from reader_bridge.daemon import Bridge
from reader_bridge.encode import Encoder
from reader_bridge.health import HOST
from reader_bridge.link import Link
from reader_bridge.messages import Say, Translator
from reader_bridge.readers.base import Event, Inserted, Seen
from reader_bridge.readers.pcsc import PcscWatcher
from reader_bridge.readers.pcsc_card import PcscSlot
from reader_bridge.spool import Spool

_DEFAULT_CONFIG = Path("/etc/customer-card/bridge.yaml")
_CARD_WAIT_S = 60.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands and return the exit code."""
    options = _parser().parse_args(argv)
    try:
        settings = read_settings(options.config)
        if options.command == "write-card":
            return _write_card(settings, options.number, options.overwrite)
        if options.command == "status":
            return _status(settings)
        return _run(settings, options.verbose)
    except CardSystemError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="customer-card-bridge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="watch the readers and report cards to the ERP")
    running.add_argument("--verbose", action="store_true", help="log every step")
    writing = commands.add_parser("write-card", help="write the card of a number")
    writing.add_argument("number", help="the card's number in the ERP")
    writing.add_argument(
        "--overwrite", action="store_true", help="also write a card that is a customer card already"
    )
    commands.add_parser("status", help="show how the running bridge does")
    for command in commands.choices.values():
        command.add_argument("--config", type=Path, default=_DEFAULT_CONFIG, metavar="FILE")
    return parser


def _run(settings: BridgeSettings, verbose: bool) -> int:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    bridge = Bridge(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: bridge.stop())
    return 0 if bridge.run() else 1


def _status(settings: BridgeSettings) -> int:
    address = f"http://{HOST}:{settings.health_port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
            facts = json.load(answer)
    except urllib.error.HTTPError as answer:
        facts = json.load(answer)
    except OSError:
        print(_translator(settings)(Say.NOT_RUNNING, address=address), file=sys.stderr)
        return 2
    for key, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name}: {what}" for name, what in value.items()) or "-"
        print(f"{key:14} {value}")
    return 0 if facts["ok"] else 1


def _write_card(settings: BridgeSettings, number: str, overwrite: bool) -> int:
    link = Link(settings.erp)
    spool = Spool(settings.spool)
    auto = settings.language == "auto"
    say = Translator(spool.language() or "en") if auto else _translator(settings)
    with _Cards(settings, spool) as cards:
        written = Encoder(link, cards, say, lambda text: print(text, flush=True)).encode(
            number, overwrite
        )
    spool.close()
    return 0 if written else 1


def _translator(settings: BridgeSettings) -> Translator:
    return Translator("en" if settings.language == "auto" else settings.language)


class _Cards:
    """The next card in any reader, while the daemon looks away."""

    def __init__(self, settings: BridgeSettings, spool: Spool) -> None:
        self._spool = spool
        self._found: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._watcher = PcscWatcher(self, settings.readers)
        self._thread = threading.Thread(target=self._watcher.run, args=(self._stop,), daemon=True)

    def __enter__(self) -> "_Cards":
        self._spool.pause(_CARD_WAIT_S)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watcher.cancel()
        self._thread.join(5)
        self._spool.pause(0)

    def next_card(self) -> AbstractContextManager[Channel] | None:
        """Wait for a card; None after a minute."""
        self._spool.pause(_CARD_WAIT_S)
        try:
            return PcscSlot(self._found.get(timeout=_CARD_WAIT_S)).card()
        except queue.Empty:
            return None

    def card(self, event: Event) -> None:
        """Take note of the reader a card was put into."""
        if isinstance(event, Inserted):
            self._found.put(event.reader)

    def readers(self, names: list[str]) -> None:
        """Nothing to do: a card that comes says where."""

    def service(self, up: bool, reason: str) -> None:
        """Nothing to do: the watcher waits by itself."""

    def remembered(self, reader: str) -> Seen | None:
        """Return nothing: a card that lies there already is welcome."""
        return None


if __name__ == "__main__":
    sys.exit(main())
