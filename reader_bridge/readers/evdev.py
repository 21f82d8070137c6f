"""Scanners that pose as a keyboard, on Linux: taken away from all other programs."""

import contextlib
import os
import select
import threading
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

import evdev

from reader_bridge.readers.base import boot_time
from reader_bridge.readers.keys import KeyDecoder
from reader_bridge.readers.lines import Scanned

_LOOK_S = 2.0


class EvdevScanner:
    """A :class:`reader_bridge.readers.hotplug.Driver`.

    :param wanted: pattern of device names (``evtest`` lists them); never one that a real keyboard
        matches, as nobody else hears its keys any more
    :param scanned: told device, code (None: damaged) and the moment by the boot clock
    :param api: the functions of ``evdev``
    """

    kind = "evdev"
    media = ("qr",)
    absent = "not plugged in, or this user is not in the group input"

    def __init__(self, wanted: str, scanned: Scanned, api: Any = evdev) -> None:
        self.wanted = wanted
        self._scanned = scanned
        self._api = api
        self._matches: dict[tuple[str, int, int], bool] = {}

    def find(self) -> Iterable[str]:
        """Return the devices whose name matches; a device is asked for its name once."""
        known, self._matches = self._matches, {}
        for path in sorted(self._api.list_devices()):
            with contextlib.suppress(OSError):
                stat = os.stat(path)
                device = (path, stat.st_ino, stat.st_ctime_ns)  # the next one may get the same path
                if device not in known:
                    with contextlib.closing(self._api.InputDevice(path)) as asked:
                        known[device] = fnmatchcase(asked.name, self.wanted)
                self._matches[device] = known[device]
        return [path for (path, *_), matches in self._matches.items() if matches]

    def serve(self, path: str, ready: Callable[[str], None], stop: threading.Event) -> None:
        """Read codes until the device goes away."""
        with contextlib.closing(self._api.InputDevice(path)) as device:
            if not fnmatchcase(device.name, self.wanted):
                return
            device.grab()
            ready(device.name)
            decoder = KeyDecoder()
            while not stop.is_set():
                if not select.select([device.fd], [], [], _LOOK_S)[0]:
                    continue
                for event in device.read():
                    for code in decoder.feed(event.type, event.code, event.value):
                        self._scanned(device.name, code, boot_time())
