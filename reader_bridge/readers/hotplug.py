"""Serves every device that is plugged in, each in a thread, and comes back when one comes back."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

_log = logging.getLogger(__name__)
_LOOK_S = 1.0


class Driver(Protocol):
    """One way devices are attached.

    :param kind: ``serial``, ``evdev`` or ``nfc``
    :param media: what such a device can read
    :param wanted: what the settings name, for the sentence that says it is missing
    :param absent: why it may be missing when nothing tells more
    """

    kind: str
    media: tuple[str, ...]
    wanted: str
    absent: str

    def find(self) -> Iterable[str]:
        """Return the devices that are there, by their paths."""

    def serve(self, path: str, ready: Callable[[str], None], stop: threading.Event) -> None:
        """Work with one device until told to stop.

        :param ready: to be called with the device's name as soon as it works
        :raises OSError: it was unplugged, or could not be opened
        """


class Devices(Protocol):
    """Who wants to know about devices; called from their threads."""

    def plugged(self, name: str, kind: str, media: tuple[str, ...]) -> None:
        """A device works."""

    def unplugged(self, name: str) -> None:
        """A device is gone."""

    def missing(self, wanted: str, reason: str) -> None:
        """Nothing of what the settings name is there; told again and again while it lasts."""

    def found(self, wanted: str) -> None:
        """Something of what the settings name is there."""


class Hotplug:
    """A :class:`reader_bridge.readers.base.Source` of one kind of device.

    :param alive: called at every look, for the watchdog
    """

    def __init__(
        self,
        driver: Driver,
        devices: Devices,
        alive: Callable[[], None] = lambda: None,
        look_s: float = _LOOK_S,
    ) -> None:
        self._driver = driver
        self._devices = devices
        self._alive = alive
        self._look_s = look_s
        self._threads: dict[str, threading.Thread] = {}
        self._working: set[str] = set()
        self._reason = ""

    def run(self, stop: threading.Event) -> None:
        """Look for devices until told to stop."""
        while not stop.is_set():
            self._look(stop)
            self._alive()
            stop.wait(self._look_s)

    def cancel(self) -> None:
        """Nothing sleeps here for longer than a look."""

    def _look(self, stop: threading.Event) -> None:
        self._threads = {
            path: thread for path, thread in self._threads.items() if thread.is_alive()
        }
        for path in self._driver.find():
            if path not in self._threads:
                thread = threading.Thread(
                    target=self._serve, args=(path, stop), name=f"device {path}", daemon=True
                )
                self._threads[path] = thread
                thread.start()
        if self._working:
            self._devices.found(self._driver.wanted)
        elif not self._threads or self._reason:
            self._devices.missing(self._driver.wanted, self._reason or self._driver.absent)

    def _serve(self, path: str, stop: threading.Event) -> None:
        name = ""

        def ready(told: str) -> None:
            nonlocal name
            name, self._reason = told, ""
            self._working.add(path)
            self._devices.plugged(name, self._driver.kind, self._driver.media)
            self._devices.found(self._driver.wanted)

        try:
            self._driver.serve(path, ready, stop)
        except OSError as error:
            self._reason = error.strerror or str(error) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - a strange device must not end the others
            reason = f"{type(error).__name__}: {error}"
            if reason != self._reason:
                _log.exception("%s: unexpected error", path)
            self._reason = reason
        finally:
            self._working.discard(path)
            if name:
                self._devices.unplugged(name)
