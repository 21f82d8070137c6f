"""``customer-card-bridge``: pair a till, run the daemon, write or try a card, show how it goes.

What a command needs is loaded by that command: a till that starts has customers waiting.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connector.exceptions import CardSystemError, ConfigInvalid
from reader_bridge.config import BridgeSettings, read_public, read_settings
from reader_bridge.places import default_config


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands and return the exit code."""
    options = _parser().parse_args(argv)
    try:
        if options.command == "setup":
            from reader_bridge.cli_setup import run_setup

            return run_setup(options)
        config = options.config or default_config()
        if not config.exists():
            advice = "Pair this computer with customer-card-bridge setup, or say --config FILE."
            raise ConfigInvalid([f"{config}: there is no such file. {advice}"])
        if options.command == "status":
            from reader_bridge import status

            return status.show(*read_public(config), options.json)
        settings = read_settings(config)
        if options.command == "run":
            return _run(settings, options.verbose)
        from reader_bridge import cli_cards

        if options.command == "write-card":
            return cli_cards.write_card(settings, options.number, options.overwrite)
        return cli_cards.simulate(settings, options)
    except CardSystemError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="customer-card-bridge", description=__doc__.split("\n")[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_setup(commands)
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
    which.add_argument("--token", metavar="K1.…", help="the text on a chip of our cards")
    which.add_argument("--uid", metavar="HEX", help="serial number of a foreign card")
    which.add_argument("--number", metavar="TEXT", help="number on a partner card")
    which.add_argument("--qr", metavar="TEXT", help="what a scanner would send, like our QR code")
    for command in commands.choices.values():
        command.add_argument("--config", type=Path, metavar="FILE", help="the settings file")
    return parser


def _add_setup(commands: Any) -> None:
    setup = commands.add_parser("setup", help="pair this computer with a till of the ERP")
    setup.add_argument("--address", default="", help="of the ERP, like https://erp.example.com")
    setup.add_argument("--code", default="", help="eight digits from the till's form")
    setup.add_argument("--database", default="", help="only where one server has several")
    setup.add_argument("--user", action="store_true", help="for this user's session only")
    setup.add_argument(
        "--scanner",
        action="append",
        default=[],
        metavar="PORT",
        help="a scanner in COM mode, like /dev/serial/by-id/*Scanner* or COM7; may be repeated",
    )
    setup.add_argument("--state", type=Path, metavar="FOLDER", help="for the key and the spool")
    setup.add_argument("--no-test", action="store_true", help="do not wait for a card to try")
    setup.add_argument(
        "--service", action="store_true", help="start it with the computer (systemd)"
    )


def _run(settings: BridgeSettings, verbose: bool) -> int:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    from reader_bridge.daemon import Bridge

    bridge = Bridge(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: bridge.stop())
    return 0 if bridge.run() else 1


if __name__ == "__main__":
    sys.exit(main())
