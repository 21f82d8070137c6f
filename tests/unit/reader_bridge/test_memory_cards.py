"""SLE4442 and SLE4428 behind readers of two makers, and the NTAG 424 DNA."""

import pytest

from reader_bridge.cards.base import CardDamaged, CardGone, CardRefused
from reader_bridge.cards.detect import find_family, medium, read_credential
from reader_bridge.cards.ndef import text_message
from reader_bridge.cards.sle_dialects import AcsDialect, OmnikeyDialect, dialect_of
from reader_bridge.credential import make_token
from reader_bridge.encode import CardTaken, write_token
from reader_bridge.events import Credential
from tests.kit.channel import DirectChannel, is_write
from tests.kit.memory_card import memory_card
from tests.kit.ndef_chips import sun_of
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(range(16)))
OTHER = make_token(bytes(16))
CHIPS = pytest.mark.parametrize("kind", ["sle4442", "sle4428"])
READERS = pytest.mark.parametrize("reader", ["ACS ACR39U ICC Reader 0", "HID OMNIKEY 3121 0"])
CODE_COMMANDS = (0x20, 0x33, 0xCD)


def codes_presented(channel):
    return [
        apdu
        for apdu in channel.commands
        if apdu[:2] == b"\xff\x20" or (apdu[1] == 0x70 and apdu[9] in (0x39, 0xF2, 0xCD))
    ]


@CHIPS
@READERS
def test_hs01_a_memory_card_is_read_without_any_code(kind, reader):
    channel = DirectChannel(blank(kind, token=TOKEN), reader=reader)
    assert read_credential(channel) == Credential("token", TOKEN, "chip")
    assert not codes_presented(channel)


@CHIPS
@READERS
def test_as05_a_memory_card_is_written_and_read_back(kind, reader):
    channel = DirectChannel(blank(kind), reader=reader)
    assert write_token(channel, TOKEN) == TOKEN
    assert channel.card.image["counter"] == (7 if kind == "sle4442" else 255)
    with pytest.raises(CardTaken):
        write_token(channel, OTHER)
    assert write_token(channel, OTHER, overwrite=True) == OTHER


@CHIPS
@READERS
def test_the_makers_bytes_before_the_area_stay(kind, reader):
    channel = DirectChannel(blank(kind), reader=reader)
    before = bytes(channel.card.memory[:32])
    write_token(channel, TOKEN)
    assert channel.card.memory[:32] == before


@CHIPS
@READERS
def test_a_card_with_another_code_loses_one_try_and_never_a_second_one(kind, reader):
    """Three wrong codes kill the chip; ours is tried while nobody has failed before."""
    image = memory_card(kind, code="123456"[: 6 if kind == "sle4442" else 4])
    full = image["counter"].bit_count()
    channel = DirectChannel(image, reader=reader)
    with pytest.raises(CardRefused, match="6983"):
        write_token(channel, TOKEN)
    assert channel.card.image["counter"].bit_count() == full - 1
    for _ in range(10):
        again = DirectChannel(channel.card.image, reader=reader)
        with pytest.raises(CardRefused, match="6983"):
            write_token(again, TOKEN)
    assert again.card.image["counter"].bit_count() == 2
    assert channel.card.memory == bytes.fromhex(memory_card(kind)["memory"])


@CHIPS
@READERS
def test_a_card_with_somebody_elses_data_is_not_written(kind, reader):
    image = memory_card(kind)
    memory = bytearray.fromhex(image["memory"])
    memory[32:40] = b"CANTEEN7"
    image["memory"] = memory.hex()
    channel = DirectChannel(image, reader=reader)
    assert read_credential(channel).kind == "unreadable"
    with pytest.raises(CardRefused):
        write_token(channel, TOKEN)
    assert not codes_presented(channel)


@CHIPS
@READERS
def test_a_memory_card_pulled_at_any_command_is_empty_or_right(kind, reader):
    """Every cut point of a write over an older token: what is left is old, nothing or new."""
    whole = DirectChannel(blank(kind, token=OTHER), reader=reader)
    write_token(whole, TOKEN, overwrite=True)
    seen = set()
    for cut in range(1, len(whole.commands) + 1):
        channel = DirectChannel(blank(kind, token=OTHER), cut_after=cut, reader=reader)
        with pytest.raises(CardGone):
            write_token(channel, TOKEN, overwrite=True)
        memory = DirectChannel(channel.card.image, reader=reader)
        family, message = find_family(memory)
        assert message in (text_message(OTHER), b"", text_message(TOKEN))  # no mixture
        left = read_credential(memory)
        changed = [apdu for apdu in channel.commands[:-1] if is_write(apdu)]
        assert changed or left.value == OTHER
        seen.add(left.value)
    assert seen == {OTHER, "", TOKEN}


def test_a_length_beyond_the_card_is_damage():
    image = memory_card("sle4442", text_message(TOKEN))
    memory = bytearray.fromhex(image["memory"])
    memory[33] = 0xFF
    image["memory"] = memory.hex()
    assert read_credential(DirectChannel(image)).kind == "unreadable"
    with pytest.raises(CardDamaged):
        find_family(DirectChannel(image))


def test_a_reader_that_tells_nothing_of_the_chip_is_asked_for_both():
    image = blank("sle4428", token=TOKEN)
    image["atr"] = "3B00"
    assert read_credential(DirectChannel(image)).value == TOKEN


def test_the_dialect_is_chosen_by_the_readers_name():
    assert isinstance(dialect_of("HID Global OMNIKEY 3x21 Smart Card Reader 0"), OmnikeyDialect)
    assert isinstance(dialect_of("ACS ACR39U ICC Reader 00 00"), AcsDialect)


def test_commands_to_omnikey_readers_are_those_of_the_makers_guide():
    """HID PLT-03099: ``FF70076B 07 A605A003 30 20 00 00`` reads address 20h of an SLE4442."""
    channel = DirectChannel(blank("sle4442", token=TOKEN), reader="OMNIKEY")
    read_credential(channel)
    assert channel.commands[0].hex().upper() == "FF70076B07A605A00330200000"


def test_an_ntag424_says_something_new_at_each_tap():
    """Tier 3: the value is the ERP's to check; here it is only carried."""
    image = blank("ntag424", uid="04A1B2C3D4E5F6")
    first, second = (read_credential(DirectChannel(image)) for _ in range(2))
    e, c = sun_of("04A1B2C3D4E5F6", 1).removeprefix("e=").split("&c=")
    assert first == Credential("sun", f"{e}.{c}", "rfid")
    assert second.kind == "sun"
    assert second.value != first.value
    assert medium(DirectChannel(image).atr) == "rfid"


def test_an_ntag424_is_linked_and_never_written():
    channel = DirectChannel(blank("ntag424"))
    with pytest.raises(CardTaken, match="signs by itself"):
        write_token(channel, TOKEN, overwrite=True)
    assert not [apdu for apdu in channel.commands if is_write(apdu)]
