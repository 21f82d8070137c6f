"""Cards made of software, kept as JSON files, put into Debian's virtual reader (vpcd) over TCP.

The chip's side of the conversation only: pcscd and the bridge above it are the real ones.
"""

import hashlib
import json
import secrets
import socket
import struct
import threading
from pathlib import Path
from typing import Any

from reader_bridge.cards import ndef
from tests.kit.memory_card import MEMORY_ATRS, MemoryCard, memory_card

OK = b"\x90\x00"
NOT_FOUND, NOT_HERE, WRONG_LENGTH, DENIED = b"\x6a\x82", b"\x6b\x00", b"\x67\x00", b"\x69\x82"
APPLICATION = bytes.fromhex("D2760000850101")
CAPABILITY_FILE, NDEF_FILE = 0xE103, 0xE104

TYPE2_ATR = "3B8F8001804F0CA0000003060300030000000068"
TYPE4_ATR = "3B80800101"
CHIP_ATR = "3B6500004B41525445"
# pcscd looks into a vpcd slot every 400 ms; a card swapped in between is not seen as a new one.
NEXT_LOOK_S = 0.5
_NTAG213_PAGES = 45
_NTAG213_USER = range(4, 40)


def blank(kind: str, uid: str = "", token: str = "") -> dict[str, Any]:
    """Return the image of a new card.

    :param kind: ``type2`` (NTAG213), ``type4`` (radio chip card), ``chip`` (with contacts),
        ``ntag424`` (signs each tap), ``sle4442`` or ``sle4428`` (memory with contacts)
    :param token: what a card that was encoded elsewhere carries
    """
    message = ndef.text_message(token) if token else b""
    if kind == "type2":
        uid = uid or "04" + secrets.token_hex(6).upper()
        raw = bytes.fromhex(uid)
        memory = bytearray(_NTAG213_PAGES * 4)
        memory[0:3], memory[4:8] = raw[:3], raw[3:7]
        memory[3] = 0x88 ^ raw[0] ^ raw[1] ^ raw[2]
        memory[12:16] = bytes.fromhex("E1101200")
        content = bytes.fromhex("0103A00C3403") + bytes((len(message),)) + message + b"\xfe"
        memory[16 : 16 + len(content)] = content
        return {"kind": kind, "uid": uid, "atr": TYPE2_ATR, "memory": memory.hex()}
    if kind in MEMORY_ATRS:
        return memory_card(kind, message)
    if kind not in {"type4", "chip", "ntag424"}:
        raise ValueError(f"no such kind of card: {kind}")
    uid = uid or ("" if kind == "chip" else "04" + secrets.token_hex(6).upper())
    file = (len(message).to_bytes(2) + message).ljust(256, b"\0")
    atr = CHIP_ATR if kind == "chip" else TYPE4_ATR
    return {"kind": kind, "uid": uid, "atr": atr, "memory": file.hex()}


class Type2Card:
    """An NTAG213 as a PC/SC reader shows it: storage commands on pages of four bytes."""

    def __init__(self, image: dict[str, Any]) -> None:
        self.image = image
        self.memory = bytearray.fromhex(image["memory"])

    def answer(self, apdu: bytes) -> bytes:
        """Return data and status of one command."""
        head, page = apdu[:2], int.from_bytes(apdu[2:4])
        if head == b"\xff\xca":
            return bytes.fromhex(self.image["uid"]) + OK
        if head == b"\xff\xb0":
            data = self.memory[page * 4 : page * 4 + apdu[4]]
            return bytes(data) + OK if len(data) == apdu[4] else NOT_FOUND
        if head == b"\xff\xd6":
            return self._update(page, apdu[5:])
        return NOT_FOUND

    def _update(self, page: int, data: bytes) -> bytes:
        if len(data) != 4:
            return WRONG_LENGTH
        if page not in _NTAG213_USER:
            return DENIED
        self.memory[page * 4 : page * 4 + 4] = data
        return OK


class Type4Card:
    """A chip card with the NDEF application: SELECT, READ BINARY, UPDATE BINARY."""

    def __init__(self, image: dict[str, Any]) -> None:
        self.image = image
        self.memory = bytearray.fromhex(image["memory"])
        self._selected = 0

    def answer(self, apdu: bytes) -> bytes:
        """Return data and status of one command."""
        head, offset = apdu[:2], int.from_bytes(apdu[2:4])
        if head == b"\xff\xca":
            uid = bytes.fromhex(self.image["uid"])
            return uid + OK if uid else b"\x6a\x81"
        if head == b"\x00\xa4":
            return self._select(apdu)
        if head == b"\x00\xb0":
            return self._read(offset, apdu[4])
        if head == b"\x00\xd6":
            return self._update(offset, apdu[5 : 5 + apdu[4]])
        return b"\x6d\x00"

    def _select(self, apdu: bytes) -> bytes:
        name = apdu[5 : 5 + apdu[4]]
        if apdu[2] == 0x04:
            self._selected = 0
            return OK if name == APPLICATION else NOT_FOUND
        self._selected = int.from_bytes(name)
        return OK if self._selected in {CAPABILITY_FILE, NDEF_FILE} else NOT_FOUND

    def _read(self, offset: int, length: int) -> bytes:
        capabilities = struct.pack(
            ">HBHHBBHHBB", 15, 0x20, 59, 52, 4, 6, NDEF_FILE, len(self.memory), 0, 0
        )
        file = {CAPABILITY_FILE: capabilities, NDEF_FILE: bytes(self.memory)}.get(self._selected)
        if file is None:
            return b"\x69\x86"
        data = file[offset : offset + length]
        return data + OK if len(data) == length and length <= 59 else NOT_HERE

    def _update(self, offset: int, data: bytes) -> bytes:
        if self._selected != NDEF_FILE:
            return DENIED
        if len(data) > 52 or offset + len(data) > len(self.memory):
            return WRONG_LENGTH
        self.memory[offset : offset + len(data)] = data
        return OK


class Ntag424Card(Type4Card):
    """An NTAG 424 DNA: each tap writes new values into its address, and nobody else may write."""

    def __init__(self, image: dict[str, Any]) -> None:
        super().__init__(image)
        self.counter = int(image.get("counter", 0))

    def _select(self, apdu: bytes) -> bytes:
        if apdu[2] == 0x04:
            self.counter += 1
            self.image["counter"] = self.counter
            address = f"card.example/t?{sun_of(self.image['uid'], self.counter)}".encode()
            record = bytes((0xD1, 0x01, len(address) + 1)) + b"U\x04" + address
            file = len(record).to_bytes(2) + record
            self.memory[: len(file)] = file
        return super()._select(apdu)

    def _update(self, offset: int, data: bytes) -> bytes:
        return DENIED


def sun_of(uid: str, counter: int) -> str:
    """Return what a tap says; not NXP's cryptography, which is the ERP's business."""
    digest = hashlib.sha256(f"{uid} {counter}".encode()).hexdigest().upper()
    return f"e={digest[:32]}&c={digest[32:48]}"


def card_of(image: dict[str, Any]) -> Any:
    """Return the chip an image describes."""
    if image["kind"] in MEMORY_ATRS:
        return MemoryCard(image)
    kinds = {"type2": Type2Card, "ntag424": Ntag424Card}
    return kinds.get(image["kind"], Type4Card)(image)


def load(path: Path) -> dict[str, Any]:
    """Read a card's image."""
    image = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(image, dict):
        raise TypeError(f"{path} is not a card's image")
    return image


def save(path: Path, image: dict[str, Any]) -> None:
    """Write a card's image, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(image, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


class Insertion:
    """One card in one slot of vpcd, from ``open`` until ``close``.

    :param slot: vpcd's TCP port, or the Unix socket of a reader of evpcd
    :param image: where the card's content is kept; written back whenever a command changes it
    :ivar noticed: set when the reader gave it power
    """

    def __init__(self, slot: int | Path, image: Path | dict[str, Any]) -> None:
        self._path = image if isinstance(image, Path) else None
        self.card = card_of(load(image) if isinstance(image, Path) else image)
        self.commands: list[bytes] = []
        self.noticed = threading.Event()
        self._slot = slot
        self._socket: socket.socket | None = None

    def open(self, timeout_s: float = 5.0) -> None:
        """Push the card in; the reader notices at its next look."""
        if isinstance(self._slot, Path):
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(timeout_s)
            try:
                self._socket.connect(str(self._slot))
            except OSError:
                self._socket.close()
                raise
        else:
            address = ("127.0.0.1", self._slot)
            self._socket = socket.create_connection(address, timeout=timeout_s)
        self._socket.settimeout(None)

    def close(self) -> None:
        """Pull the card out."""
        if self._socket is not None:
            # Without shutdown a thread that waits in recv() would keep the card in the reader.
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return
            finally:
                self._socket.close()

    def serve(self) -> None:
        """Answer the reader until the card is pulled or the reader goes away."""
        assert self._socket is not None
        try:
            while (message := self._receive()) is not None:
                reply = self._reply(message)
                if reply is not None:
                    self._socket.sendall(len(reply).to_bytes(2) + reply)
        except OSError:
            return

    def _reply(self, message: bytes) -> bytes | None:
        if len(message) == 1:
            self.noticed.set()
            return bytes.fromhex(self.card.image["atr"]) if message[0] == 4 else None
        self.commands.append(message)
        before = bytes(self.card.memory)
        reply = self.card.answer(message)
        if self.card.memory != before:
            self.card.image["memory"] = self.card.memory.hex()
            if self._path is not None:
                save(self._path, self.card.image)
        return reply

    def _receive(self) -> bytes | None:
        assert self._socket is not None
        message = b""
        wanted = 2
        while len(message) < wanted:
            # vpcd sends length and content in two writes; without a quick ACK each waits 40 ms.
            if self._socket.family == socket.AF_INET:
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            chunk = self._socket.recv(wanted - len(message))
            if not chunk:
                return None
            message += chunk
            if len(message) == 2 and wanted == 2:
                wanted += int.from_bytes(message)
        return message[2:]
