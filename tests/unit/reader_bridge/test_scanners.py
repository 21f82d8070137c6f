"""Scanners on a real pty and on recorded key strokes, up to the card that is presented."""

import os
import pty
import socket
import threading
import time
import tty
from pathlib import Path
from types import SimpleNamespace

import pytest

from reader_bridge.credential import make_signed, make_token
from reader_bridge.devices import DeviceDesk
from reader_bridge.readers import evdev, serial
from reader_bridge.readers.hotplug import Hotplug
from tests.kit.fakes import PATIENCE_S, CardDesk, until
from tests.kit.key_strokes import input_events, typed

TOKEN = make_token(bytes(range(16)))


@pytest.fixture
def desk():
    return CardDesk()


@pytest.fixture
def devices(desk, board):
    return DeviceDesk(desk, board)


@pytest.fixture
def run(devices, monkeypatch):
    """Runs sources, quicker than in a shop, and ends them."""
    stop = threading.Event()
    running = []
    monkeypatch.setattr(serial, "_LOOK_S", 0.2)
    monkeypatch.setattr(evdev, "_LOOK_S", 0.2)

    def start(driver):
        source = Hotplug(driver, devices, look_s=0.05)
        thread = threading.Thread(target=source.run, args=(stop,))
        thread.start()
        running.append((source, thread))

    yield start
    stop.set()
    for source, thread in running:
        source.cancel()
        for one in (thread, *source._threads.values()):
            one.join(PATIENCE_S)
            assert not one.is_alive()


class Port:
    """The scanner's end of a pseudo terminal, with a lasting name as udev makes it."""

    def __init__(self, link: Path):
        self.link = link
        self.plug()

    def plug(self):
        self._end, there = pty.openpty()
        tty.setraw(there)
        self.link.symlink_to(os.ttyname(there))
        self._there = there

    def type(self, data):
        os.write(self._end, data)

    def unplug(self):
        self.link.unlink()
        os.close(self._there)
        os.close(self._end)


@pytest.fixture
def port(tmp_path):
    port = Port(tmp_path / "usb-Scanner-0")
    yield port
    if port.link.is_symlink():
        port.unplug()


@pytest.fixture
def scanner(tmp_path, devices, run, board, port):
    run(serial.SerialScanner(str(tmp_path / "*Scanner*"), devices.scanned))
    until(lambda: board.readers.get(str(port.link)) == "ready")
    return port


def test_hs02_codes_from_a_serial_scanner_are_presented_as_qr(scanner, desk, board):
    """HS-02, TM-03: token, rotating code and printed number, each by its kind; medium is qr."""
    signed = make_signed(bytes(range(20)))
    scanner.type(f"{TOKEN}\r\n{signed.lower()}\r\n".encode())
    scanner.type(b"100")
    scanner.type(b"01\r\n")
    desk.wait(3)
    assert desk.credentials == [("token", TOKEN), ("signed", signed), ("number", "10001")]
    assert {card.credential.medium for card in desk.cards} == {"qr"}
    assert len({card.key for card in desk.cards}) == 3
    assert board.sources == {str(scanner.link): ("serial", ("qr",))}


def test_a_scanner_without_suffix_delivers_only_codes_that_carry_a_check(scanner, desk):
    scanner.type(TOKEN.encode())
    desk.wait(1)
    scanner.type(b"1000")  # of 10001? nobody can say
    desk.wait(2)
    assert desk.credentials == [("token", TOKEN), ("unreadable", "")]


def test_an_unplugged_scanner_is_told_and_comes_back_by_itself(scanner, desk, board, caplog):
    scanner.unplug()
    until(lambda: board.readers[str(scanner.link)] == "gone")
    until(lambda: any("Nothing answers" in text for text in board.trouble.values()))
    scanner.plug()
    until(lambda: board.readers[str(scanner.link)] == "ready")
    until(lambda: not board.trouble)
    scanner.type(TOKEN.encode() + b"\r")
    desk.wait(1)
    assert caplog.text.count("was unplugged") == 1


def test_a_scanner_that_is_not_there_yet_is_told_once(run, devices, tmp_path, board, caplog):
    run(serial.SerialScanner(str(tmp_path / "none*"), devices.scanned))
    until(lambda: board.trouble)
    time.sleep(0.2)
    assert caplog.text.count("Nothing answers") == 1
    assert not board.readers


class Keyboards:
    """The library evdev, with devices that are files and keys that come from a socket."""

    def __init__(self, folder):
        self.folder = folder
        self.names = {}
        self.wires = {}
        self.ends = []
        self.grabbed = []

    def plug(self, path, name):
        (self.folder / path).touch()
        self.names[str(self.folder / path)] = name
        self.wires[name] = socket.socketpair()
        self.ends += self.wires[name]

    def unplug(self, path):
        (self.folder / path).unlink()
        self.wires[self.names.pop(str(self.folder / path))][0].close()

    def type(self, name, events):
        self.wires[name][0].send(repr(events).encode())

    def list_devices(self):
        return sorted(self.names)

    def InputDevice(self, path):  # noqa: N802
        if path not in self.names:
            raise OSError(19, "No such device")
        name = self.names[path]
        wire = self.wires[name][1]

        def read():
            data = wire.recv(1_000_000)
            if not data:
                raise OSError(19, "No such device")
            return input_events(eval(data))  # noqa: S307 - our own list

        return SimpleNamespace(
            name=name,
            fd=wire.fileno(),
            grab=lambda: self.grabbed.append(name),
            read=read,
            close=lambda: None,
        )


@pytest.fixture
def keyboards(tmp_path, devices, run):
    keyboards = Keyboards(tmp_path)
    keyboards.plug("event0", "AT keyboard")
    keyboards.plug("event1", "ACME Barcode Reader")
    run(evdev.EvdevScanner("*Barcode*", devices.scanned, keyboards))
    yield keyboards
    for end in keyboards.ends:
        end.close()


def test_hs02_codes_from_a_keyboard_scanner_are_presented_and_kept_from_others(
    keyboards, desk, board
):
    """HS-02 (evdev): the scanner is grabbed, the seller's keyboard is left alone."""
    until(lambda: board.readers == {"ACME Barcode Reader": "ready"})
    keyboards.type("ACME Barcode Reader", typed(TOKEN))
    desk.wait(1)
    assert desk.credentials == [("token", TOKEN)]
    assert keyboards.grabbed == ["ACME Barcode Reader"]


def test_a_keyboard_scanner_comes_back_under_any_path_and_never_as_the_keyboard(
    keyboards, desk, board
):
    until(lambda: board.readers == {"ACME Barcode Reader": "ready"})
    keyboards.unplug("event1")
    until(lambda: board.readers == {"ACME Barcode Reader": "gone"})
    keyboards.plug("event1", "USB keyboard")
    keyboards.plug("event2", "ACME Barcode Reader")
    until(lambda: board.readers == {"ACME Barcode Reader": "ready"})
    keyboards.type("ACME Barcode Reader", typed("10001"))
    desk.wait(1)
    assert desk.credentials == [("number", "10001")]
    assert set(keyboards.grabbed) == {"ACME Barcode Reader"}


def test_a_scanner_that_this_user_may_not_read_is_told_with_the_way_out(
    tmp_path, devices, run, board
):
    run(evdev.EvdevScanner("*Barcode*", devices.scanned, Keyboards(tmp_path)))
    until(lambda: "group input" in board.trouble.get("*Barcode*", ""))


@pytest.mark.skipif(not os.path.exists("/dev/uinput"), reason="this kernel has no uinput")
def test_a_real_input_device_is_read_and_grabbed(run, devices, desk, board):
    import evdev as library

    keys = {library.ecodes.EV_KEY: list(range(1, 120))}
    with library.UInput(keys, name="Test Barcode Scanner") as device:
        run(evdev.EvdevScanner("Test Barcode*", devices.scanned))
        until(lambda: board.readers == {"Test Barcode Scanner": "ready"})
        for kind, code, value in typed(TOKEN):
            device.write(kind, code, value)
        desk.wait(1)
    assert desk.credentials == [("token", TOKEN)]
