"""Scanners in COM mode: on Linux and Windows the one way that no other program listens to."""

import contextlib
import glob
import os
import threading
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

import serial
from serial.tools import list_ports

from reader_bridge.credential import parse_text
from reader_bridge.readers.base import boot_time
from reader_bridge.readers.lines import Lines, Scanned

_LOOK_S = 2.0
_GAP_S = 0.15


class SerialScanner:
    """A :class:`reader_bridge.readers.hotplug.Driver`.

    :param wanted: pattern of device paths, like ``/dev/serial/by-id/usb-Honeywell*`` or ``COM7``
    :param scanned: told device, code (None: damaged) and the moment by the boot clock
    """

    kind = "serial"
    media = ("qr",)
    absent = "not plugged in"

    def __init__(
        self,
        wanted: str,
        scanned: Scanned,
        baud: int = 9600,
        open_port: Callable[..., Any] = serial.Serial,
    ) -> None:
        self.wanted = wanted
        self._scanned = scanned
        self._baud = baud
        self._open = open_port

    def find(self) -> Iterable[str]:
        """Return the ports that match."""
        if os.name == "posix":
            return sorted(glob.glob(self.wanted))
        return sorted(
            port.device for port in list_ports.comports() if fnmatchcase(port.device, self.wanted)
        )

    def serve(self, path: str, ready: Callable[[str], None], stop: threading.Event) -> None:
        """Read codes until the port goes away."""
        # Two programs on one port would each get half of a code.
        with contextlib.closing(
            self._open(path, self._baud, timeout=_LOOK_S, exclusive=True)
        ) as port:
            port.reset_input_buffer()  # what was scanned while nobody listened is over
            ready(path)
            lines = Lines()
            while not stop.is_set():
                self._read(port, path, lines)

    def _read(self, port: Any, path: str, lines: Lines) -> None:
        wait_s = _GAP_S if lines.open else _LOOK_S
        if port.timeout != wait_s:
            port.timeout = wait_s
        chunk = port.read(max(1, port.in_waiting))
        if chunk:
            codes = lines.feed(chunk)
        else:
            codes = [text if text and parse_text(text) else None for text in lines.end()]
        for code in codes:
            self._scanned(path, code, boot_time())
