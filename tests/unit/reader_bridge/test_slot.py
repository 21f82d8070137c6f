from contextlib import contextmanager

import pytest

from connector.exceptions import ReaderError
from reader_bridge.cards.base import CardGone
from reader_bridge.cards.detect import read_credential
from reader_bridge.credential import make_token
from reader_bridge.encode import CardTaken
from reader_bridge.events import Credential, insertion_key
from reader_bridge.readers.base import Inserted, Missed, ReaderBusy, Removed, Write
from reader_bridge.readers.slot import SlotWorker
from tests.kit.channel import DirectChannel
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(16))
INSERTED = Inserted("R", "s1", 3, bytes.fromhex("3B80800101"), "insert", 7.0)


class FakeSlot:
    reader = "R"

    def __init__(self, *cards):
        self.cards = list(cards)
        self.closed = False
        self.counts = [3]

    @contextmanager
    def card(self):
        card = self.cards.pop(0) if len(self.cards) > 1 else self.cards[0]
        if isinstance(card, Exception):
            raise card
        yield DirectChannel(card)

    def holds(self, count):
        return count == (self.counts.pop(0) if len(self.counts) > 1 else self.counts[0])

    def close(self):
        self.closed = True


@pytest.fixture
def told():
    return []


@pytest.fixture
def worker_for(told):
    def make(*cards):
        return SlotWorker(
            FakeSlot(*cards),
            lambda card, _event: told.append(card),
            lambda reader: told.append(f"{reader} empty"),
            sleep=lambda _: None,
        )

    return make


def test_the_card_is_read_and_handed_over_under_the_name_of_its_insertion(worker_for, told):
    worker_for(blank("type4", token=TOKEN)).handle(INSERTED)
    (card,) = told
    assert card.credential == Credential("token", TOKEN, "rfid")
    assert card.key == insertion_key("s1", "R", 3)
    assert len(card.key) <= 64
    assert (card.reader, card.origin, card.at_s) == ("R", "insert", 7.0)


def test_a_card_that_left_before_it_was_read_is_not_taken_for_the_next_one(worker_for, told):
    """Found by the chaos run: the next card answers, under the number of the one before."""
    worker = worker_for(blank("type4", token=TOKEN))
    worker._slot.counts = [5]
    worker.handle(INSERTED)
    assert [card.credential.kind for card in told] == ["unreadable"]
    worker.handle(Inserted("R", "s1", 5, INSERTED.atr, "insert", 9.0))
    assert [card.credential.kind for card in told] == ["unreadable", "token"]


@pytest.mark.parametrize("trouble", [CardGone("x"), ReaderError("x"), SystemError("bare")])
def test_a_card_that_answers_at_the_second_try_is_read(worker_for, told, trouble):
    worker_for(trouble, blank("type4", token=TOKEN)).handle(INSERTED)
    assert [card.credential.kind for card in told] == ["token"]


@pytest.mark.parametrize("trouble", [CardGone("x"), ReaderError("x"), SystemError("bare")])
def test_a_card_that_never_answers_is_handed_over_as_unreadable(worker_for, told, trouble):
    worker_for(trouble).handle(INSERTED)
    assert [card.credential for card in told] == [Credential("unreadable", "", "rfid")]


def test_a_missed_card_is_handed_over_as_unreadable(worker_for, told):
    worker_for(blank("chip")).handle(Missed("R", "s1", 9, 1.0))
    (card,) = told
    assert card.credential.kind == "unreadable"
    assert card.key == insertion_key("s1", "R", 9)


def test_while_a_card_is_written_it_is_neither_touched_nor_reported(told):
    worker = SlotWorker(FakeSlot(SystemError("touched")), told.append, told.append, lambda: True)
    worker.handle(INSERTED)
    assert told == []


def test_the_thread_works_in_order_survives_errors_and_gives_the_reader_back(told):
    def presented(card, _event):
        told.append(card.credential.kind)
        if len(told) == 1:
            raise RuntimeError("the first one fails")

    slot = FakeSlot(blank("type4", token=TOKEN))
    worker = SlotWorker(slot, presented, lambda reader: told.append(f"{reader} empty"))
    for event in (INSERTED, Removed("R"), INSERTED):
        worker.put(event)
    worker.stop()
    worker.start()
    worker.join(5)
    assert told == ["token", "R empty", "token"]
    assert slot.closed


KEY = insertion_key("s1", "R", 3)


@pytest.fixture
def written():
    return []


def write(worker, written, key=KEY, token=TOKEN, overwrite=False):
    worker.handle(Write(key, token, overwrite, written.append))
    return written[-1]


@pytest.mark.parametrize("kind", ["type2", "type4", "chip"])
def test_as05_the_card_that_lies_there_is_written_and_read_back(worker_for, written, kind):
    """AS-05: the reader's own thread writes, so nobody else speaks to the card meanwhile."""
    image = blank(kind)
    worker = worker_for(image)
    worker.handle(INSERTED)
    assert write(worker, written) == TOKEN
    assert read_credential(DirectChannel(image)).value == TOKEN


def test_a_card_that_left_is_not_written_and_neither_is_the_next_one(worker_for, written):
    image = blank("type4")
    worker = worker_for(image)
    assert isinstance(write(worker, written), CardGone)
    worker.handle(INSERTED)
    worker.handle(Removed("R"))
    assert isinstance(write(worker, written), CardGone)
    worker.handle(Inserted("R", "s1", 5, INSERTED.atr, "insert", 9.0))
    assert isinstance(write(worker, written), CardGone)
    worker.handle(INSERTED)
    worker.put(Removed("R"))
    assert isinstance(write(worker, written), CardGone)
    assert image["memory"] == blank("type4")["memory"]


def test_a_card_swapped_since_it_was_read_is_not_written(worker_for, written):
    other = blank("type2", uid="04000000000002")
    worker = worker_for(blank("type2", uid="04000000000001"), other)
    worker.handle(INSERTED)
    assert isinstance(write(worker, written), CardGone)
    assert other == blank("type2", uid="04000000000002")


def test_somebodys_card_is_not_written_unless_asked_to(worker_for, written):
    worker = worker_for(blank("type4", token=make_token(bytes(range(16)))))
    worker.handle(INSERTED)
    assert isinstance(write(worker, written), CardTaken)
    assert write(worker, written, overwrite=True) == TOKEN


@pytest.mark.parametrize("trouble", [CardGone("x"), SystemError("bare")])
def test_a_write_that_failed_is_tried_again_while_the_card_lies_there(worker_for, written, trouble):
    image = blank("chip")
    worker = worker_for(image, trouble, image)
    worker.handle(INSERTED)
    assert write(worker, written) == TOKEN


def test_a_write_that_never_works_is_told_and_ends_nothing(worker_for, written, told):
    image = blank("chip")
    worker = worker_for(image, CardGone("no answer"))
    worker.handle(INSERTED)
    assert "no answer" in str(write(worker, written))
    worker.handle(Removed("R"))
    assert told[-1] == "R empty"


@pytest.fixture
def busy_for(told):
    """Another program keeps the card for so many tries of two seconds each."""

    def make(tries, counts=(3,)):
        now = iter(range(0, 1000, 2))
        slot = FakeSlot(*[ReaderBusy("another program")] * tries, blank("type4", token=TOKEN))
        slot.counts = list(counts)
        return SlotWorker(
            slot,
            lambda card, _event: told.append(card),
            lambda reader: told.append(f"{reader} empty"),
            sleep=lambda _: None,
            busy=lambda reader: told.append(f"{reader} busy"),
            clock=lambda: float(next(now)),
        )

    return make


def test_a_card_that_another_program_keeps_is_read_when_it_is_free(busy_for, told):
    """odoo-as-used 15: the cause is told while it lasts, and the card is not one of long ago."""
    busy_for(6).handle(INSERTED)
    assert told[:-1] == ["R busy"] * 6
    assert told[-1].credential == Credential("token", TOKEN, "rfid")
    assert told[-1].at_s == INSERTED.at_s + 7 * 2
    assert told[-1].key == insertion_key("s1", "R", 3)


def test_a_card_taken_away_while_another_program_keeps_it_is_unreadable(busy_for, told):
    busy_for(6, counts=[3, 3, 4]).handle(INSERTED)
    assert told[:-1] == ["R busy"] * 3
    assert told[-1].credential.kind == "unreadable"


def test_the_next_event_does_not_wait_for_another_program(busy_for, told):
    worker = busy_for(6)
    worker.put(Removed("R"))
    worker.handle(INSERTED)
    assert [told[0], told[1].credential.kind] == ["R busy", "unreadable"]
