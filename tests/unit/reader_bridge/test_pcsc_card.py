import threading

import pytest

from reader_bridge.cards.base import CardGone
from reader_bridge.readers.pcsc_card import PcscSlot, ReaderBusy
from tests.kit.fake_scard import FakeCardScard


@pytest.fixture
def api():
    return FakeCardScard(threading.Event(), [])


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def slot(api, pauses):
    return PcscSlot("R", api, pauses.append)


def test_a_card_is_reserved_and_left_powered(slot, api):
    with slot.card() as channel:
        assert channel.atr == b"\x3b\x00"
        assert channel.transmit(b"\xff\xca\0\0\0") == b"\x90\0"
    leave = api.SCARD_LEAVE_CARD
    assert api.card.log == ["connect", "begin", f"end {leave}", f"disconnect {leave}"]


def test_the_context_is_kept_for_the_next_card_and_given_back_at_the_end(slot, api):
    for _ in range(3):
        with slot.card():
            pass
    slot.close()
    slot.close()
    assert (api.opened, api.released) == (1, 1)


def test_another_program_is_waited_for(slot, api, pauses):
    api.card.connects = [api.SCARD_E_SHARING_VIOLATION] * 3 + [0]
    with slot.card():
        pass
    assert len(pauses) == 3


def test_a_program_that_does_not_let_go_is_named_as_the_reason(slot, api, pauses):
    api.card.connects = [api.SCARD_E_SHARING_VIOLATION]
    with pytest.raises(ReaderBusy, match="another program"), slot.card():
        pass
    assert 1.9 < sum(pauses) < 2.2


def test_a_card_pulled_is_gone_and_the_handle_given_back(slot, api):
    api.card.answers = [(api.SCARD_W_REMOVED_CARD, [])]
    with pytest.raises(CardGone), slot.card() as channel:
        channel.transmit(b"\0")
    assert api.card.log[-1].startswith("disconnect")


def test_after_the_card_service_died_a_new_context_is_opened(slot, api):
    api.card.connects = [api.SCARD_E_SERVICE_STOPPED, 0]
    with pytest.raises(CardGone), slot.card():
        pass
    with slot.card():
        pass
    assert api.opened == 2


def test_a_t0_card_never_gets_a_command_with_data_both_ways(slot, api):
    api.card.protocol = api.SCARD_PROTOCOL_T0
    select = bytes.fromhex("00A4040007D276000085010100")
    with slot.card() as channel:
        channel.transmit(select)
        channel.transmit(bytes.fromhex("00B000000F"))
    assert api.card.sent == [select[:-1], bytes.fromhex("00B000000F")]
