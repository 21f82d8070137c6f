"""The conversation of ``customer-card-bridge setup``."""

import argparse
import sys
from dataclasses import replace
from functools import partial
from glob import glob

from connector.exceptions import ReaderError
from reader_bridge import service
from reader_bridge.card_wait import CardWait
from reader_bridge.cards.detect import read_credential
from reader_bridge.messages import Say, Translator, language_of_user
from reader_bridge.places import Places, of_machine, of_user
from reader_bridge.readers.pcsc_card import PcscSlot
from reader_bridge.till_setup import TillSetup, Wishes

_TEST_WAIT_S = 30.0
_SERIAL = "/dev/serial/by-id/*"
_tell = partial(print, flush=True)


def run_setup(options: argparse.Namespace) -> int:
    """Pair, keep, try a card, start.

    :raises CardSystemError: the sentence that says why not
    """
    say = Translator(language_of_user())
    places = _places(options)
    if options.service and not (options.address or options.code) and places.config.is_file():
        return _start(say)
    with CardWait(("*",), wait_s=_TEST_WAIT_S) as cards:
        readers = _tell_readers(cards, say)
        scanners = tuple(options.scanner) or _asked_scanners(options, say)
        wishes = Wishes(places, options.address, options.code, options.database, scanners)
        TillSetup(wishes, say, _ask, _tell).run()
        if readers and not options.no_test and sys.stdin.isatty():
            _try_card(cards, say)
    if options.service:
        return _start(say)
    if service.available() and not options.user:
        _tell(say(Say.START_SYSTEMD))
    else:
        _tell(say(Say.START_BY_HAND, config=places.config))
    return 0


def _places(options: argparse.Namespace) -> Places:
    places = of_user() if options.user else of_machine()
    if options.config:
        places = Places(options.config, options.config.parent)
    return replace(places, state=options.state) if options.state else places


def _tell_readers(cards: CardWait, say: Translator) -> list[str]:
    names, reason = cards.look()
    if reason:
        _tell(say(Say.SERVICE_MISSING, reason=reason))
    elif names:
        _tell(say(Say.READERS_FOUND, readers=", ".join(names)))
    else:
        _tell(say(Say.READERS_NONE))
    return names


def _asked_scanners(options: argparse.Namespace, say: Translator) -> tuple[str, ...]:
    """Ask of each serial device whether it is a scanner; a modem or a scale may be one, too."""
    asks = sys.stdin.isatty() and not options.code
    found = sorted(glob(_SERIAL)) if asks else []
    return tuple(port for port in found if _ask(say(Say.ASK_SCANNER, port=port)).strip())


def _try_card(cards: CardWait, say: Translator) -> None:
    _tell(say(Say.TEST_CARD))
    try:
        reader = cards.next_reader()
        if reader is None:
            _tell(say(Say.TEST_NONE))
            return
        with PcscSlot(reader).card() as channel:
            card = read_credential(channel)
    except KeyboardInterrupt:
        return
    except ReaderError:
        _tell(say(Say.TEST_BAD, reader=reader))
        return
    if card.kind == "unreadable":
        _tell(say(Say.TEST_BAD, reader=reader))
    else:
        _tell(say(Say.TEST_GOOD, kind=card.kind, medium=card.medium, reader=reader))


def _start(say: Translator) -> int:
    try:
        service.install()
    except service.ServiceFailed as error:
        _tell(say(Say.SERVICE_FAILED, reason=error))
        return 1
    _tell(say(Say.SERVICE_STARTED))
    return 0


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""
