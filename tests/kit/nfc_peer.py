"""The air between an NFC reader and a card: the card's side of nfcpy's UDP driver.

nfcpy itself can play Type 3 tags only. Ours are Type 2 and Type 4, made of the same virtual cards
that lie in the virtual PC/SC readers.
"""

import socket
import threading
from typing import Any

from tests.kit.ndef_chips import Type2Card
from tests.kit.virtual_card import card_of

_ACK, _NAK = b"\x0a", b"\x00"
_NTAG213_VERSION = bytes.fromhex("0004040201000F03")


class NfcPeer:
    """Listens where ``udp:localhost:PORT`` sends its waves; closed at the end.

    :ivar commands: what came to the card after it was selected
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.path = f"udp:localhost:{self._socket.getsockname()[1]}"
        self.commands: list[bytes] = []
        self.cut_after = 0
        self._card: Any = None
        self._asked: tuple[str, int] | None = None
        self._chain = b""
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def tap(self, image: dict[str, Any], cut_after: int = 0) -> Any:
        """Lay a card on the reader; it may leave by itself after so many commands."""
        with self._lock:
            self._card, self.commands, self.cut_after = card_of(image), [], cut_after
            self._chain = b""
            if self._asked is not None:  # the reader waits for an answer to what it sent before
                self._send(self._sens_res(), self._asked)
            return self._card

    def take(self) -> None:
        """Take the card away."""
        with self._lock:
            self._card = None

    def close(self) -> None:
        """Stop."""
        self._socket.sendto(b"END", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while (message := self._socket.recvfrom(1024))[0] != b"END":
            frame, address = message
            words = frame.split()
            if words[0] != b"106A" or len(words) < 2:
                continue
            with self._lock:
                data = bytes.fromhex(words[1].decode())
                self._asked = address if data == b"\x26" and self._card is None else None
                if self._card is not None and (answer := self._answer(data)) is not None:
                    self._send(answer, address)

    def _send(self, data: bytes, address: tuple[str, int]) -> None:
        self._socket.sendto(b"106A " + data.hex().encode(), address)

    def _sens_res(self) -> bytes:
        return bytes.fromhex("4400" if isinstance(self._card, Type2Card) else "4403")

    def _answer(self, data: bytes) -> bytes | None:
        uid = bytes.fromhex(self._card.image["uid"])
        levels = {0x93: b"\x88" + uid[:3], 0x95: uid[3:7]}
        if data == b"\x26":
            return self._sens_res()
        if data[0] in levels and len(data) >= 2:
            part = levels[data[0]]
            if data[1] == 0x20:
                return part + bytes((part[0] ^ part[1] ^ part[2] ^ part[3],))
            more = 0x04 if data[0] == 0x93 else 0
            return bytes((more | (0 if isinstance(self._card, Type2Card) else 0x20),))
        self.commands.append(data)
        if self.cut_after and len(self.commands) >= self.cut_after:
            self._card = None
            return None
        return self._type2(data) if isinstance(self._card, Type2Card) else self._type4(data)

    def _type2(self, data: bytes) -> bytes | None:
        if data[0] == 0x30:
            # reading beyond the end goes on at the beginning
            memory = bytes(self._card.memory) * 2
            return memory[data[1] * 4 : data[1] * 4 + 16]
        if data[0] == 0xA2:
            done = self._card.answer(b"\xff\xd6\x00" + data[1:2] + b"\x04" + data[2:6])
            return _ACK if done == b"\x90\x00" else _NAK
        if data[0] == 0x60:
            return _NTAG213_VERSION
        return _NAK

    def _type4(self, data: bytes) -> bytes | None:
        if data[0] == 0xE0:
            return bytes.fromhex("0578807002")  # frames of up to 256 bytes
        if data[0] & 0xF6 == 0xB2:  # "are you still there?"
            return bytes((0xA2 | data[0] & 1,))
        if data[0] & 0xE2 != 0x02:
            return None
        self._chain += data[1:]
        if data[0] & 0x10:
            return bytes((0xA2 | data[0] & 1,))
        apdu, self._chain = self._chain, b""
        return bytes((0x02 | data[0] & 1,)) + bytes(self._card.answer(apdu))
