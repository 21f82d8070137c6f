"""The commands that deal with one card: ``write-card`` and ``simulate``."""

import argparse
import sys
from functools import partial

from reader_bridge import simulate as simulation
from reader_bridge.card_wait import CardWait
from reader_bridge.config import BridgeSettings
from reader_bridge.encode import Encoder
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.messages import Translator
from reader_bridge.spool import Spool

_tell = partial(print, flush=True)


def simulate(settings: BridgeSettings, options: argparse.Namespace) -> int:
    """Present the card that the options describe, without a reader."""
    say = _say(settings)
    kind = next(kind for kind in ("token", "uid", "number", "qr") if getattr(options, kind))
    try:
        card = simulation.credential(kind, getattr(options, kind), say)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if simulation.present(settings, card, say, _tell) else 1


def write_card(settings: BridgeSettings, number: str, overwrite: bool) -> int:
    """Write the card of a number, in whichever reader it is put."""
    spool = Spool(settings.spool)
    link = Link(Access(settings.erp, settings.key_file))
    with CardWait(settings.readers, spool.pause) as cards:
        written = Encoder(link, cards, _say(settings), _tell).encode(number, overwrite)
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
