import time

import pytest

from reader_bridge.lights import LightPolicy, steps_of
from reader_bridge.policies import POLICIES
from reader_bridge.policy import Notice, Signal
from reader_bridge.readers.escape import ReaderDeaf, send_escape
from tests.kit.fake_scard import FakeCardScard
from tests.kit.fakes import Clock, until

ACR122, ACR1252 = "ACS ACR122U PICC Interface 00 00", "ACS ACR1252 1S CL Reader PICC 0"


class Readers:
    def __init__(self, wait_s=0.0):
        self.sent = []
        self.trouble = None
        self.wait_s = wait_s

    def send(self, reader, command):
        time.sleep(self.wait_s)
        self.sent.append((reader, command.hex().upper()))
        if self.trouble:
            raise self.trouble


@pytest.fixture
def readers():
    return Readers()


@pytest.fixture
def policy(readers):
    return LightPolicy(readers.send, sleep=lambda _: None)


def test_a_good_card_is_green_and_short_a_bad_one_red_and_twice(policy, readers):
    policy.show(Notice(Signal.GOOD, "fine", ACR122))
    policy.show(Notice(Signal.REFUSED, "no", ACR122))
    until(lambda: len(readers.sent) == 2)
    assert [command for _, command in readers.sent] == ["FF0040A00401000101", "FF0040500401010201"]


def test_the_lamp_is_put_out_again_where_the_reader_does_not_do_it(policy, readers):
    policy.show(Notice(Signal.GOOD, "fine", ACR1252))
    until(lambda: len(readers.sent) == 3)
    assert [command for _, command in readers.sent] == [
        "E00000290102",
        "E0000028010A",
        "E00000290100",
    ]


@pytest.mark.parametrize("signal", Signal)
def test_readers_without_lights_and_scanners_are_left_alone(signal):
    for reader in ("Gemalto PC Twin Reader", "/dev/ttyACM0", "", "NFC usb"):
        assert steps_of(reader, signal) == []
    assert steps_of(ACR122, signal)
    assert steps_of(ACR1252, signal)


def test_showing_never_waits_and_a_crowd_of_notices_is_thinned_out(caplog):
    slow = Readers(wait_s=0.05)
    policy = LightPolicy(slow.send)
    caplog.set_level("INFO")
    began = time.monotonic()
    for _ in range(50):
        policy.show(Notice(Signal.GOOD, "fine", ACR122))
    assert time.monotonic() - began < 0.05
    assert caplog.text.count("fine") == 50
    until(lambda: len(slow.sent) >= 8)
    assert len(slow.sent) <= 12


def test_a_light_that_comes_too_late_is_not_shown(readers):
    clock = Clock()
    policy = LightPolicy(readers.send, clock)
    policy._queue.put((clock.now_s - 2, Notice(Signal.GOOD, "old", ACR122)))
    policy.show(Notice(Signal.REFUSED, "new", ACR122))
    until(lambda: readers.sent)
    assert readers.sent == [(ACR122, "FF0040500401010201")]


def test_a_deaf_reader_is_told_once_and_asked_again_much_later(policy, readers, caplog):
    caplog.set_level("INFO")
    readers.trouble = ReaderDeaf("no escape commands")
    for _ in range(3):
        policy.show(Notice(Signal.GOOD, "fine", ACR122))
    until(lambda: policy._queue.empty() and readers.sent)
    assert len(readers.sent) == 1
    assert caplog.text.count("no light at") == 1


def test_lights_are_one_of_the_policies_to_choose():
    assert isinstance(POLICIES["lights"](), LightPolicy)


class Api(FakeCardScard):
    """A reader that takes escape commands or does not."""

    def __init__(self, control):
        super().__init__(None, [])
        self.control = control
        self.escapes = []

    def SCardControl(self, _handle, _code, command):  # noqa: N802
        self.escapes.append(bytes(command))
        return self.control, []


def test_a_command_goes_over_the_control_channel_else_to_the_card_that_lies_there():
    direct = Api(0)
    send_escape("R", b"\x01", direct)
    assert direct.escapes == [b"\x01"]
    assert direct.card.sent == []
    refused = Api(0x80100016)
    send_escape("R", b"\x02", refused)
    assert refused.card.sent == [b"\x02"]
    refused.card.answers = [(0, [0x6A, 0x81])]
    with pytest.raises(ReaderDeaf):
        send_escape("R", b"\x02", refused)
    for api in (direct, refused):
        assert api.released == api.opened
