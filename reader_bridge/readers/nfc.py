"""NFC readers without a PC/SC driver, through nfcpy; cards look as they do behind PC/SC.

nfcpy keeps the USB device to itself, so a reader belongs either to it or to the card service.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any, Protocol

import nfc
import nfc.clf
import nfc.tag
import nfc.tag.tt2

from reader_bridge.cards.base import CardGone, Channel
from reader_bridge.cards.detect import GET_UID
from reader_bridge.readers.base import Inserted, Missed, Removed, boot_time
from reader_bridge.readers.slot import Slot, SlotWorker

_LOOK_S = 0.1
# What PC/SC readers make up for such cards (part 3, section 3.1.3.2.3).
_TYPE2_ATR = bytes.fromhex("3B8F8001804F0CA0000003060300030000000068")
_TYPE4_ATR = bytes.fromhex("3B80800101")
_OK, _NO, _UNKNOWN = b"\x90\x00", b"\x63\x00", b"\x6a\x81"


class Attach(Protocol):
    """Who gives a polled reader somebody that reads its cards, and takes him back."""

    def attach(self, slot: Slot) -> SlotWorker: ...
    def detach(self, reader: str, lost: bool) -> None: ...


class NfcReader:
    """A :class:`reader_bridge.readers.hotplug.Driver` of one device.

    :param wanted: nfcpy's path: ``usb``, ``usb:054c:06c3``, ``tty:USB0:pn532``
    :param frontend: how to open it
    """

    kind = "nfc"
    media = ("rfid",)
    absent = "not plugged in"

    def __init__(
        self,
        wanted: str,
        devices: Attach,
        frontend: Callable[[str], Any] = nfc.ContactlessFrontend,
    ) -> None:
        self.wanted = wanted
        self._devices = devices
        self._open = frontend

    def find(self) -> Iterable[str]:
        """Return the device; whether it is there, opening it will show."""
        return [self.wanted]

    def serve(self, path: str, ready: Callable[[str], None], stop: threading.Event) -> None:
        """Look for cards until the reader goes away."""
        with contextlib.closing(self._open(path)) as frontend:
            slot = NfcSlot(f"NFC {path}")
            worker = self._devices.attach(slot)
            ready(slot.reader)
            try:
                self._poll(frontend, slot, worker, stop)
            finally:
                self._devices.detach(slot.reader, lost=not stop.is_set())

    def _poll(
        self, frontend: Any, slot: "NfcSlot", worker: SlotWorker, stop: threading.Event
    ) -> None:
        # The chip counts nothing; the run of this loop and a number in it name an insertion.
        service, number, origin, empty = f"nfc {boot_time()}", count(1), "found", True
        while not stop.is_set():
            target = frontend.sense(nfc.clf.RemoteTarget("106A"))
            slot.tag = target and nfc.tag.activate(frontend, target)
            if slot.tag is not None:
                card = Inserted(slot.reader, service, next(number), slot.atr, origin, boot_time())
                worker.handle(card)
                while slot.tag.is_present and not stop.is_set():
                    worker.drain()
                    stop.wait(_LOOK_S)
                if stop.is_set():
                    return  # the card still lies there, and the next run finds it
                slot.tag = None
                worker.handle(Removed(slot.reader))
            elif target and empty:  # gone again before it said anything
                worker.handle(Missed(slot.reader, service, next(number), boot_time()))
            worker.drain()
            origin, empty = "insert", target is None
            stop.wait(_LOOK_S)


class NfcSlot:
    """The tag that lies on the reader, as a slot for its worker."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
        self.tag: Any = None

    @property
    def atr(self) -> bytes:
        """What a PC/SC reader would say the tag is."""
        return _TYPE4_ATR if self.tag.type == "Type4Tag" else _TYPE2_ATR

    @contextlib.contextmanager
    def card(self) -> Iterator[Channel]:
        """Yield the tag.

        :raises CardGone: nothing lies there
        """
        if self.tag is None:
            raise CardGone("the card was taken away")
        yield _TagChannel(self.tag, self.atr, self.reader)

    def holds(self, count: int) -> bool:
        """Return whether the tag is still the one of that insertion: the thread is the same."""
        return self.tag is not None

    def close(self) -> None:
        """Nothing is kept open."""


class _TagChannel:
    """PC/SC's storage commands (part 3, section 3.2.2) for a tag that nfcpy holds."""

    def __init__(self, tag: Any, atr: bytes, reader: str) -> None:
        self._tag = tag
        self.atr = atr
        self.reader = reader

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command; see :class:`reader_bridge.cards.base.Channel`."""
        try:
            return self._send(apdu)
        except nfc.tag.TagCommandError as error:
            if error.errno == nfc.tag.tt2.INVALID_PAGE_ERROR:  # the tag's own word
                return _NO
            raise CardGone(str(error)) from error  # silence, or a garbled answer
        except (nfc.clf.CommunicationError, OSError) as error:
            raise CardGone(str(error)) from error

    def _send(self, apdu: bytes) -> bytes:
        if apdu == GET_UID:
            return bytes(self._tag.identifier) + _OK
        if self._tag.type == "Type4Tag":
            return bytes(self._tag.transceive(apdu)) if apdu[0] != 0xFF else _UNKNOWN
        if self._tag.type != "Type2Tag":
            return _UNKNOWN
        page = int.from_bytes(apdu[2:4])
        if apdu[:2] == b"\xff\xb0":
            return bytes(self._tag.read(page)[: apdu[4]]) + _OK
        if apdu[:2] == b"\xff\xd6" and len(apdu) == 9:
            self._tag.write(page, apdu[5:9])
            return _OK
        return _UNKNOWN
