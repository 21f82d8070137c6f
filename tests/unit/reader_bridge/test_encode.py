from contextlib import contextmanager

import pytest

from connector.exceptions import ErpRefused, ErpUnreachable
from reader_bridge.credential import make_token
from reader_bridge.encode import Encoder
from reader_bridge.messages import Say, Translator
from tests.kit.channel import DirectChannel
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(range(16)))
SAY = Translator("en")
JOB = {"encoding_id": 5, "token": TOKEN, "number": "10001"}


class Slots:
    def __init__(self, *channels):
        self.channels = list(channels)

    @contextmanager
    def _open(self, channel):
        yield channel

    def next_card(self):
        return self._open(self.channels.pop(0)) if self.channels else None


@pytest.fixture
def told():
    return []


@pytest.fixture
def encode(link, told):
    link.answers["reserve"] = [JOB]
    link.answers["confirm"] = [{"number": "10001", "message": ""}]
    link.answers["abort"] = [True]

    def run(*channels, overwrite=False):
        encoder = Encoder(link, Slots(*channels), SAY, told.append, sleep=lambda _: None)
        return encoder.encode("10001", overwrite)

    return run


def test_a_card_is_reserved_written_read_back_and_confirmed(encode, link, told):
    channel = DirectChannel(blank("type2"))
    assert encode(channel)
    assert link.calls == [
        ("reserve", {"number": "10001"}),
        ("confirm", {"encoding_id": 5, "read_back": TOKEN}),
    ]
    assert told[-1] == SAY(Say.WRITTEN, number="10001")
    assert TOKEN.encode() in channel.card.memory


def test_a_card_pulled_on_the_way_is_put_back_and_written_with_the_same_token(encode, link, told):
    torn = DirectChannel(blank("type2"), cut_after=4, cut_writes=True)
    assert encode(torn, DirectChannel(torn.card.image))
    assert SAY(Say.PUT_BACK) in told
    assert [name for name, _ in link.calls] == ["reserve", "confirm"]


def test_a_card_that_is_somebodys_already_is_not_written(encode, link, told):
    taken = DirectChannel(blank("type4", token=make_token(bytes(16))))
    assert not encode(taken)
    assert any("customer card already" in text for text in told)
    assert [name for name, _ in link.calls] == ["reserve", "abort"]


def test_nobody_comes_and_the_number_is_free_again(encode, link, told):
    assert not encode()
    assert link.calls[-1] == ("abort", {"encoding_id": 5})
    assert told[-1] == SAY(Say.GAVE_UP)


def test_a_chip_that_forgets_what_was_written_is_never_confirmed(encode, link, told):
    channel = DirectChannel(blank("type4"))
    answer = channel.card.answer
    channel.card.answer = lambda apdu: b"\x90\0" if apdu[1] == 0xD6 else answer(apdu)
    assert not encode(channel)
    assert SAY(Say.NOT_THE_SAME) in told
    assert not link.asked("confirm")


def test_a_card_of_the_wrong_kind_is_named_as_such(encode, told):
    channel = DirectChannel(blank("chip"))
    channel.card.answer = lambda _: b"\x6a\x82"
    assert not encode(channel)
    assert any("cannot be written" in text for text in told)


def test_a_confirmation_that_gets_lost_is_asked_again(encode, link):
    link.answers["confirm"] = [ErpUnreachable("x"), {"number": "10001", "message": "ready"}]
    assert encode(DirectChannel(blank("type2")))


@pytest.mark.parametrize("error", [ErpUnreachable("away"), ErpRefused("x", "away")])
def test_a_card_that_could_not_be_confirmed_is_said_to_be(encode, link, told, error):
    link.answers["confirm"] = [error]
    assert not encode(DirectChannel(blank("type2")))
    assert told[-1] == SAY(Say.WRITTEN_NOT_CONFIRMED, reason="away")
    assert not link.asked("abort")


def test_a_number_the_erp_does_not_know_is_the_callers_business(encode, link):
    link.answers["reserve"] = [ErpRefused("odoo.exceptions.UserError", "no such number")]
    with pytest.raises(ErpRefused, match="no such number"):
        encode()
