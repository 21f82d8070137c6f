import subprocess
import sys

import pytest

from connector.exceptions import ConfigInvalid
from reader_bridge.config import ScannerSettings
from reader_bridge.readers.names import media_of
from reader_bridge.sources import make_sources
from tests.kit.fakes import CardDesk


class Settings:
    readers = ("*",)
    scanners = (ScannerSettings("serial", "/dev/none*", 9600), ScannerSettings("evdev", "x", 9600))
    nfc = ("usb",)


def make(board):
    return make_sources(Settings, CardDesk(), board, lambda: None)


def test_each_entry_of_the_settings_becomes_a_source(board):
    assert [type(source).__name__ for source in make(board)] == ["PcscWatcher"] + ["Hotplug"] * 3


@pytest.mark.parametrize(
    ("kind", "library", "extra"),
    [
        ("pcsc", "smartcard", "till"),
        ("serial", "serial", "serial"),
        ("evdev", "evdev", "evdev"),
        ("nfc", "nfc", "nfc"),
    ],
)
def test_a_library_that_is_missing_is_named_with_the_way_to_get_it(
    board, monkeypatch, kind, library, extra
):
    monkeypatch.delitem(sys.modules, f"reader_bridge.readers.{kind}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigInvalid, match=rf"pip install 'customer-card\[{extra}\]'"):
        make(board)


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("ACS ACR1252 1S CL Reader [ACR1252 1S CL Reader PICC] 00 00", ("rfid",)),
        ("ACS ACR122U PICC Interface 00 00", ("rfid",)),
        ("HID Global OMNIKEY 5022 Smart Card Reader 0", ("rfid",)),
        ("HID Global OMNIKEY 3x21 Smart Card Reader 0", ("chip",)),
        ("ACS ACR39U ICC Reader 00 00", ("chip",)),
        ("Gemalto PC Twin Reader", ("chip",)),
        ("Virtual PCD 00 00", ("chip", "rfid")),
    ],
)
def test_what_a_reader_can_read_is_told_by_its_name(name, media):
    assert media_of(name) == media


def test_a_till_with_scanners_only_needs_no_pyscard():
    script = """
import sys
sys.modules["smartcard"] = None
import reader_bridge.daemon
print("reader_bridge.sources" in sys.modules, "reader_bridge.readers.pcsc" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.split()) == (0, ["True", "False"]), ran.stderr
