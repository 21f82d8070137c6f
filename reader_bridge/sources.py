"""Makes the sources that a till's settings name; libraries nobody asks for are not needed."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from connector.exceptions import ConfigInvalid
from reader_bridge.board import Board
from reader_bridge.config import BridgeSettings
from reader_bridge.devices import CardDesk, DeviceDesk
from reader_bridge.readers.base import Listener, Source
from reader_bridge.readers.hotplug import Driver, Hotplug

# kind of reader -> library, and the extra of ours that brings it
_LIBRARIES = {
    "pcsc": ("pyscard", "till"),
    "serial": ("pyserial", "serial"),
    "evdev": ("evdev", "evdev"),
    "nfc": ("nfcpy", "nfc"),
}


class Everybody(Listener, CardDesk, Protocol):
    """Who hears of cards from every source."""


def make_sources(
    settings: BridgeSettings,
    desk: Everybody,
    board: Board,
    alive: Callable[[], None],
    bridge: str = "",
) -> list[Source]:
    """Return everything that cards can come from.

    :param bridge: this bridge's own id; where the card service has no name it alone tells two
        computers with the same reader apart
    :raises ConfigInvalid: a library that the settings need is not installed
    """
    sources: list[Source] = []
    if settings.readers:
        pcsc = _load("pcsc")
        identity = partial(pcsc.service_identity, bridge)
        watcher = pcsc.PcscWatcher(desk, settings.readers, identity=identity, alive=alive)
        sources.append(watcher)
    devices = DeviceDesk(desk, board)
    sources += [Hotplug(driver, devices, alive) for driver in _drivers(settings, devices)]
    return sources


def _drivers(settings: BridgeSettings, devices: DeviceDesk) -> Iterator[Driver]:
    for scanner in settings.scanners:
        if scanner.kind == "serial":
            serial = _load("serial")
            yield serial.SerialScanner(scanner.pattern, devices.scanned, scanner.baud)
        else:
            yield _load("evdev").EvdevScanner(scanner.pattern, devices.scanned)
    for path in settings.nfc:
        yield _load("nfc").NfcReader(path, devices)


def _load(kind: str) -> Any:
    try:
        return import_module(f"reader_bridge.readers.{kind}")
    except ImportError as error:
        library, extra = _LIBRARIES[kind]
        raise ConfigInvalid(
            [
                f"The settings name a reader of the kind '{kind}', and {library} is not"
                f" installed: pip install 'customer-card[{extra}]' ({error})"
            ]
        ) from error
