"""Real nfcpy over its UDP driver, with a card of our own at the other end."""

import threading
from types import SimpleNamespace

import pytest
from nfc.tag import tt2

from reader_bridge.board import Board
from reader_bridge.cards.base import CardGone, CardRefused, send
from reader_bridge.cards.detect import read_credential
from reader_bridge.credential import make_token
from reader_bridge.devices import DeviceDesk
from reader_bridge.readers.base import Write
from reader_bridge.readers.hotplug import Hotplug
from reader_bridge.readers.nfc import NfcReader, NfcSlot
from tests.kit.channel import DirectChannel
from tests.kit.fakes import PATIENCE_S, CardDesk, until
from tests.kit.nfc_peer import NfcPeer
from tests.kit.virtual_card import blank

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
TOKEN = make_token(bytes(range(16)))
OTHER = make_token(bytes(16))


@pytest.fixture
def board():
    return Board()


@pytest.fixture
def desk():
    return CardDesk()


@pytest.fixture
def peer():
    peer = NfcPeer()
    yield peer
    peer.close()


@pytest.fixture
def stop():
    return threading.Event()


@pytest.fixture
def running(desk, board, peer, stop):
    source = Hotplug(NfcReader(peer.path, DeviceDesk(desk, board)), DeviceDesk(desk, board))
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    until(lambda: board.readers)
    yield source
    stop.set()
    peer.tap(blank("type2"))
    peer.take()
    for one in (thread, *source._threads.values()):
        one.join(PATIENCE_S)
        assert not one.is_alive()


@pytest.mark.parametrize("kind", ["type2", "type4"])
def test_hs01_a_card_tapped_on_an_nfc_reader_takes_the_same_path(kind, running, peer, desk, board):
    """HS-01 (nfcpy half): the same token as behind PC/SC; written and removed there as well."""
    image = blank(kind, token=TOKEN)
    peer.tap(image)
    until(lambda: desk.cards)
    (card,) = desk.cards
    assert (card.credential.kind, card.credential.value) == ("token", TOKEN)
    assert card.credential.medium == "rfid"
    answers = []
    desk.polled[card.reader].put(Write(card.key, OTHER, True, answers.append))
    until(lambda: answers)
    assert answers == [OTHER]
    peer.take()
    until(lambda: desk.empty)
    assert board.sources == {card.reader: ("nfc", ("rfid",))}
    desk.polled[card.reader].put(Write(card.key, TOKEN, True, answers.append))
    until(lambda: len(answers) == 2)
    assert isinstance(answers[1], CardGone)


def test_a_card_that_lies_there_when_the_bridge_ends_has_not_left(running, peer, desk, stop):
    peer.tap(blank("type2", token=TOKEN))
    until(lambda: desk.cards)
    stop.set()
    until(lambda: not desk.polled)
    assert (desk.empty, desk.gone) == ([], [])


def test_a_card_on_a_reader_that_is_unplugged_is_out_of_reach(desk, board, stop):
    class Unplugged:
        def sense(self, _target):
            raise OSError(19, "No such device")

        def close(self):
            stop.set()

    devices = DeviceDesk(desk, board)
    reader = NfcReader("usb", devices, lambda _path: Unplugged())
    with pytest.raises(OSError, match="No such device"):
        reader.serve("usb", lambda _name: None, stop)
    assert desk.gone == ["NFC usb"]


@pytest.mark.parametrize(
    ("errno", "raised"),
    [(tt2.INVALID_PAGE_ERROR, CardRefused), (tt2.INVALID_RESPONSE_ERROR, CardGone), (0, CardGone)],
)
def test_only_the_tag_itself_refuses_a_garbled_answer_is_tried_again(errno, raised):
    def write(_page, _data):
        raise tt2.Type2TagCommandError(errno)

    slot = NfcSlot("NFC usb")
    slot.tag = SimpleNamespace(type="Type2Tag", write=write)
    with slot.card() as channel, pytest.raises(raised):
        send(channel, bytes.fromhex("FFD6000404") + bytes(4))


def test_a_foreign_card_is_known_by_its_number(running, peer, desk):
    peer.tap(blank("type2", uid="04A1B2C3D4E5F6"))
    until(lambda: desk.cards)
    assert desk.cards[0].credential.value == "04A1B2C3D4E5F6"


def test_a_card_pulled_before_it_was_read_is_not_silent(running, peer, desk):
    peer.tap(blank("type2", token=TOKEN), cut_after=1)
    until(lambda: desk.cards)
    assert {card.credential.kind for card in desk.cards} == {"unreadable"}
    peer.tap(blank("type2", token=TOKEN))
    until(lambda: desk.cards[-1].credential.value == TOKEN)


@pytest.mark.parametrize("cut", [4, 7, 9, 12])
def test_a_card_pulled_while_it_is_written_is_empty_or_right(cut, running, peer, desk):
    image = blank("type2", uid="04A1B2C3D4E5F6")
    card = peer.tap(image)
    until(lambda: desk.cards)
    answers = []
    peer.cut_after = len(peer.commands) + cut
    desk.polled[desk.cards[0].reader].put(Write(desk.cards[0].key, TOKEN, False, answers.append))
    until(lambda: answers)
    left = {**image, "memory": card.memory.hex()}
    assert isinstance(answers[0], CardGone)
    assert read_credential(DirectChannel(left)).value in {"04A1B2C3D4E5F6", TOKEN}


def test_a_reader_that_is_not_there_is_told_and_tried_again(desk, board, stop):
    opened = []

    def frontend(path):
        opened.append(path)
        raise OSError(19, "No such device")

    devices = DeviceDesk(desk, board)
    source = Hotplug(NfcReader("usb", devices, frontend), devices, look_s=0.02)
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    until(lambda: len(opened) > 2 and board.trouble)
    stop.set()
    thread.join(5)
    assert "Nothing answers at usb (No such device)" in board.trouble["usb"]
    assert not desk.polled
