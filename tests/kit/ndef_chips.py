"""The chips that carry NDEF text, as a PC/SC reader shows them."""

import hashlib
import struct
from typing import Any

OK = b"\x90\x00"
NOT_FOUND, NOT_HERE, WRONG_LENGTH, DENIED = b"\x6a\x82", b"\x6b\x00", b"\x67\x00", b"\x69\x82"
APPLICATION = bytes.fromhex("D2760000850101")
CAPABILITY_FILE, NDEF_FILE = 0xE103, 0xE104
_NTAG213_USER = range(4, 40)


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
