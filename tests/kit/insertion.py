"""Puts a card made of software into a virtual reader: Debian's (vpcd, TCP) or our own (evpcd)."""

import socket
import threading
from pathlib import Path
from typing import Any

from tests.kit.virtual_card import card_of, load, save

# pcscd looks into a vpcd slot every 400 ms; a card swapped in between is not seen as a new one.
NEXT_LOOK_S = 0.5


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
