"""Cards that answer anything at all: no crash, no hang, nothing taken for a card of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.exceptions import ReaderError
from reader_bridge.cards.detect import read_credential
from reader_bridge.credential import make_token
from reader_bridge.encode import write_token
from tests.kit.channel import DirectChannel
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(range(16)))
# The whole memory of the largest card, byte by byte, is far below it.
MOST_COMMANDS = 2000
KINDS = ("type2", "type4", "chip", "ntag424", "sle4442", "sle4428")
ATRS = st.sampled_from([blank(kind)["atr"] for kind in KINDS] + ["3B00", "", "3B"])
READERS = st.sampled_from(["ACS ACR39U", "HID OMNIKEY 3121"])
STATUS = st.sampled_from(
    ["9000", "6A82", "6300", "6700", "6C00", "6C10", "6100", "61FF", "9007", ""]
)
ANSWERS = st.one_of(
    st.binary(max_size=40),
    st.builds(lambda data, status: data + bytes.fromhex(status), st.binary(max_size=60), STATUS),
)


class Endless(Exception):
    """The conversation goes on and on."""


class Babbler:
    """Gives the drawn answers, the last one for ever."""

    def __init__(self, atr, reader, answers):
        self.atr = bytes.fromhex(atr)
        self.reader = reader
        self.answers = list(answers)
        self.count = 0

    def transmit(self, _apdu):
        self.count += 1
        if self.count > MOST_COMMANDS:
            raise Endless
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Liar(DirectChannel):
    """A sound card with a few of its answers changed."""

    def __init__(self, image, reader, lies):
        super().__init__(image, reader=reader)
        self.lies = lies

    def transmit(self, apdu):
        answer = super().transmit(apdu)
        if len(self.commands) > MOST_COMMANDS:
            raise Endless
        return self.lies.get(len(self.commands), answer)


@given(ATRS, READERS, st.lists(ANSWERS, min_size=1, max_size=12))
def test_any_answers_while_reading_end_in_a_credential_or_a_readers_error(atr, reader, answers):
    try:
        found = read_credential(Babbler(atr, reader, answers))
    except ReaderError:
        return
    assert found.kind in {"uid", "unreadable"}


@given(ATRS, READERS, st.lists(ANSWERS, min_size=1, max_size=12))
def test_any_answers_while_writing_never_end_in_a_written_card(atr, reader, answers):
    try:
        assert write_token(Babbler(atr, reader, answers), TOKEN) != TOKEN
    except ReaderError:
        return


@given(
    st.sampled_from(KINDS),
    READERS,
    st.dictionaries(st.integers(1, 60), ANSWERS, min_size=1, max_size=4),
)
def test_a_card_that_lies_now_and_then_is_never_another_customers_card(kind, reader, lies):
    try:
        found = read_credential(Liar(blank(kind, token=TOKEN), reader, lies))
    except ReaderError:
        return
    assert found.kind != "token" or found.value == TOKEN


@given(
    st.sampled_from([kind for kind in KINDS if kind != "ntag424"]),
    READERS,
    st.dictionaries(st.integers(1, 200), ANSWERS, min_size=1, max_size=4),
)
def test_a_card_that_lies_while_it_is_written_keeps_no_wrong_token(kind, reader, lies):
    image = blank(kind)
    channel = Liar(image, reader, lies)
    try:
        said = write_token(channel, TOKEN)
    except ReaderError:
        said = ""
    try:
        left = read_credential(DirectChannel(channel.card.image, reader=reader))
    except ReaderError:
        return
    assert left.kind != "token" or left.value == TOKEN
    if said == TOKEN and not set(lies) & set(range(1, len(channel.commands) + 1)):
        assert left.value == TOKEN


@pytest.mark.parametrize("answer", ["6100", "61FF", "6C00", "6CFF"])
def test_a_card_that_always_has_more_to_say_is_cut_off(answer):
    babbler = Babbler("3B80800101", "R", [bytes.fromhex(answer)])
    assert read_credential(babbler).kind == "unreadable"
    assert babbler.count < 200
