"""What is one scan?"""

import pytest

from reader_bridge.credential import make_token
from reader_bridge.devices import DeviceDesk
from tests.kit.fakes import CardDesk

TOKEN = make_token(bytes(range(16)))


@pytest.fixture
def desk():
    return CardDesk()


@pytest.fixture
def devices(desk, board):
    return DeviceDesk(desk, board)


def test_a_scanner_that_reads_the_same_code_on_and_on_presents_it_once(devices, desk):
    for at_s in (0.0, 0.4, 0.9, 2.2):
        devices.scanned("S", TOKEN, at_s)
    assert len(desk.cards) == 1
    devices.scanned("S", "10001", 2.3)
    devices.scanned("S", TOKEN, 2.4)
    devices.scanned("other", TOKEN, 2.5)
    devices.scanned("S", TOKEN, 4.0)
    assert len(desk.cards) == 5


def test_a_damaged_reading_in_between_does_not_make_two_scans_of_one(devices, desk):
    for code, at_s in ((TOKEN, 0.0), (None, 0.3), (TOKEN, 0.6)):
        devices.scanned("S", code, at_s)
    assert desk.credentials == [("token", TOKEN), ("unreadable", "")]
