"""SLE4442 and SLE4428 with the reader before them, which understands two makers' commands."""

from typing import Any

OK = b"\x90\x00"
NOT_FOUND, DENIED, UNKNOWN, WRONG_LENGTH = b"\x6a\x82", b"\x69\x82", b"\x6d\x00", b"\x67\x00"
MEMORY_ATRS = {"sle4442": "3B04A2131091", "sle4428": "3B0492231091"}
_SIZES = {"sle4442": 256, "sle4428": 1024}
_CODES = {"sle4442": "FFFFFF", "sle4428": "FFFF"}
_FULL = {"sle4442": 0x07, "sle4428": 0xFF}
_AREA = 32


def memory_card(kind: str, message: bytes = b"", code: str = "") -> dict[str, Any]:
    """Return the image of a card; without a message it is as the factory made it.

    :param code: the PSC, if somebody changed the factory's
    """
    memory = bytearray(b"\xff" * _SIZES[kind])
    if message:
        content = bytes((0x03, len(message))) + message + b"\xfe"
        memory[_AREA : _AREA + len(content)] = content
    code = code or _CODES[kind]
    counter = _FULL[kind]
    atr = MEMORY_ATRS[kind]
    values = {"uid": "", "atr": atr, "memory": memory.hex(), "code": code, "counter": counter}
    return {"kind": kind, **values}


class MemoryCard:
    """The chip: reading is free, writing needs the code, and wrong codes kill it."""

    def __init__(self, image: dict[str, Any]) -> None:
        self.image = image
        self.memory = bytearray.fromhex(image["memory"])
        self.wrong_codes = 0
        self._large = image["kind"] == "sle4428"
        self._full = _FULL[image["kind"]]
        self._open = False
        self._spent = False
        self._compared = bytearray()

    def answer(self, apdu: bytes) -> bytes:
        """Return data and status of one command."""
        if len(apdu) < 5 or len(apdu) < 5 + apdu[4] * (apdu[1] in (0xA4, 0x20, 0xD0, 0x70)):
            return WRONG_LENGTH
        if apdu[:4] == b"\xff\x70\x07\x6b":
            bus = 0xA1 if self._large else 0xA0
            known = apdu[5] == 0xA6 and apdu[7] == bus
            data = self._chip(*apdu[9:12]) if known else None
            return UNKNOWN if data is None else bytes((0x9D, len(data))) + data + OK
        return self._acs(apdu)

    def _acs(self, apdu: bytes) -> bytes:
        head, address = apdu[:2], int.from_bytes(apdu[2:4])
        if head == b"\xff\xa4":
            return OK if apdu[5] == (0x05 if self._large else 0x06) else NOT_FOUND
        if head == b"\xff\xb0":
            return bytes(self.memory[address : address + apdu[4]]) + OK
        if head == b"\xff\xb1":
            return bytes((self.image["counter"],)).ljust(apdu[4], b"\0") + OK
        if head == b"\xff\x20":
            self._spend()
            self._compared = bytearray(apdu[5:])
            self._give_back()
            return bytes((0x90, self.image["counter"]))
        if head == b"\xff\xd0":
            if not self._open:
                return DENIED
            self.memory[address : address + apdu[4]] = apdu[5:]
            return OK
        return UNKNOWN

    def _chip(self, control: int, address: int, data: int) -> bytes | None:
        """The chip's own commands, as OMNIKEY readers hand them on."""
        # The large chip keeps its counter in its own memory, at the address 3FD.
        if self._large and control not in (0xCE, 0xF3) and control & 0x3F in (0x0E, 0x33):
            return self._memory(control & 0x3F == 0x33, (control & 0xC0) << 2 | address, data)
        if not self._large and control in (0x30, 0x38):
            return self._memory(control == 0x38, address, data)
        if control == (0xCE if self._large else 0x31):
            return bytes((self.image["counter"],))
        if control == (0xF2 if self._large else 0x39) and not (data == 0xFF and self._spent):
            self.image["counter"] &= data
            self._spent, self._compared = True, bytearray()
        elif control == (0xCD if self._large else 0x33):
            self._compared.append(data)
        elif control in (0x39, 0xF3):
            self._give_back()
        else:
            return None
        return b""

    def _memory(self, write: bool, address: int, data: int) -> bytes:
        if not write:
            return self.memory[address : address + 1]
        if self._open:  # else the chip does nothing and says nothing
            self.memory[address] = data
        return b""

    def _spend(self) -> None:
        self.image["counter"] &= self.image["counter"] - 1 if self.image["counter"] else 0
        self._spent = True

    def _give_back(self) -> None:
        right = bytes(self._compared).hex().upper() == self.image["code"]
        if self._spent and right:
            self._open = True
            self.image["counter"] = self._full
        elif self._spent:
            self.wrong_codes += 1
        self._spent = False
