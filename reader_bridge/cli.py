"""``customer-card-bridge``: pair a till, run the daemon, write or try a card, show how it goes."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from connector.exceptions import CardSystemError
from reader_bridge import simulate, status
from reader_bridge.card_wait import CardWait
from reader_bridge.cli_setup import add_setup, run_setup
from reader_bridge.config import BridgeSettings, read_public, read_settings
from reader_bridge.daemon import Bridge
from reader_bridge.encode import Encoder
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.messages import Translator
from reader_bridge.places import default_config
from reader_bridge.spool import Spool


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands and return the exit code."""
    options = _parser().parse_args(argv)
    try:
        if options.command == "setup":
            return run_setup(options)
        config = options.config or default_config()
        if options.command == "status":
            return status.show(*read_public(config), options.json)
        settings = read_settings(config)
        if options.command == "write-card":
            return _write_card(settings, options.number, options.overwrite)
        if options.command == "simulate":
            return _simulate(settings, options)
        return _run(settings, options.verbose)
    except CardSystemError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="customer-card-bridge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add_setup(commands)
    running = commands.add_parser("run", help="watch the readers and report cards to the ERP")
    running.add_argument("--verbose", action="store_true", help="log every step")
    writing = commands.add_parser("write-card", help="write the card of a number")
    writing.add_argument("number", help="the card's number in the ERP")
    writing.add_argument(
        "--overwrite", action="store_true", help="also write a card that is a customer card already"
    )
    asking = commands.add_parser("status", help="show how the running bridge does")
    asking.add_argument("--json", action="store_true", help="for programs")
    trying = commands.add_parser("simulate", help="present a card without a reader")
    which = trying.add_mutually_exclusive_group(required=True)
    which.add_argument("--token", metavar="K1.…", help="our token, as on a chip")
    which.add_argument("--uid", metavar="HEX", help="a foreign card's own number")
    which.add_argument("--number", metavar="TEXT", help="a printed number")
    which.add_argument("--qr", metavar="TEXT", help="whatever a scanner would send")
    for command in commands.choices.values():
        command.add_argument("--config", type=Path, metavar="FILE", help="the settings file")
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


def _simulate(settings: BridgeSettings, options: argparse.Namespace) -> int:
    say = _say(settings)
    kind = next(kind for kind in ("token", "uid", "number", "qr") if getattr(options, kind))
    try:
        card = simulate.credential(kind, getattr(options, kind), say)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if simulate.present(settings, card, say, lambda text: print(text, flush=True)) else 1


def _write_card(settings: BridgeSettings, number: str, overwrite: bool) -> int:
    spool = Spool(settings.spool)
    link = Link(Access(settings.erp, settings.key_file))
    with CardWait(settings.readers, spool.pause) as cards:
        encoder = Encoder(link, cards, _say(settings), lambda text: print(text, flush=True))
        written = encoder.encode(number, overwrite)
    spool.close()
    return 0 if written else 1


def _say(settings: BridgeSettings) -> Translator:
    if settings.language != "auto":
        return Translator(settings.language)
    spool = Spool(settings.spool)
    try:
        return Translator(spool.language() or "en")
    finally:
        spool.close()


if __name__ == "__main__":
    sys.exit(main())
