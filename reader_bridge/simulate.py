"""``customer-card-bridge simulate``: a card without a reader, on the way that real ones take.

It goes through the spool's file, so it needs the right to read and write it, as the bridge has.
"""

import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable

from reader_bridge.board import Board
from reader_bridge.config import BridgeSettings
from reader_bridge.credential import parse_scan, parse_token
from reader_bridge.events import CardPresented, Credential
from reader_bridge.health import HOST
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.messages import Say, Translator
from reader_bridge.policy import NullPolicy
from reader_bridge.readers.base import boot_time
from reader_bridge.sender import Sender
from reader_bridge.spool import Spool
from reader_bridge.writings import Writings

READER = "simulated"
_PATIENCE_S = 10.0
_LOOK_S = 0.05


def credential(kind: str, text: str, say: Translator) -> Credential:
    """Return what a reader would have read.

    :param kind: ``token``, ``uid``, ``number`` or ``qr``
    :raises ValueError: no reader could have read that
    """
    if kind == "token":
        if (token := parse_token(text)) is None:
            raise ValueError(say(Say.NOT_A_TOKEN, text=text))
        return Credential("token", token, "chip")
    if kind == "uid":
        try:
            return Credential("uid", bytes.fromhex(text).hex().upper(), "rfid")
        except ValueError:
            raise ValueError(say(Say.NOT_A_UID, text=text)) from None
    if kind == "qr":
        kind, text = parse_scan(text)
    return Credential(kind, text.strip(), "qr")


def present(
    settings: BridgeSettings,
    card: Credential,
    say: Translator,
    tell: Callable[[str], None],
    patience_s: float = _PATIENCE_S,
) -> bool:
    """Present the card and tell what the ERP says; False when it has not answered in time."""
    spool = Spool(settings.spool)
    key = f"sim-{uuid.uuid4().hex[:32]}"
    spool.append(CardPresented(key, card, READER, "insert", boot_time()))
    tell(say(Say.SIMULATED, kind=card.kind, reader=READER))
    try:
        if not _wake_running(settings.health_port):
            _send(settings, spool, say, key)
        until_s = time.monotonic() + patience_s
        while (outcome := spool.outcome(key)) is None and time.monotonic() < until_s:
            time.sleep(_LOOK_S)
    finally:
        spool.close()
    tell(": ".join(outcome) if outcome else say(Say.SIMULATED_WAITING))
    if outcome and outcome[0] == "unknown" and card.kind == "number":
        tell(say(Say.SIMULATED_NUMBER))
    return outcome is not None


def _wake_running(port: int) -> bool:
    """Tell a running bridge to look into its spool; False when none runs."""
    if not port:
        return False
    ask = urllib.request.Request(f"http://{HOST}:{port}/wake", method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(ask, timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


def _send(settings: BridgeSettings, spool: Spool, say: Translator, key: str) -> None:
    """Do what the bridge's sender would do, once."""
    writings = Writings(settings.spool)
    access = Access(settings.erp, settings.key_file)
    sender = Sender(spool, Link(access), NullPolicy(), Board(say), writings)
    try:
        for _attempt in range(3):
            sender.step()
            if spool.outcome(key):
                break
    finally:
        writings.close()
