import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import reader_bridge
from reader_bridge.messages import Say, Translator

CATALOGUE = Path(reader_bridge.__file__).parent / "locale/de/LC_MESSAGES/reader_bridge.po"
FIELDS = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("sentence", Say)
def test_every_sentence_has_its_german_with_the_same_values(sentence):
    values = {name: "X" for name in FIELDS.findall(sentence.value)}
    german = Translator("de_DE")(sentence, **values)
    assert german != sentence.value % values
    assert german.count("X") == (sentence.value % values).count("X")


def test_the_compiled_catalogue_is_the_one_that_people_write():
    with CATALOGUE.open("rb") as file:
        catalogue = {each.id: each.string for each in read_po(file) if each.id}
    say = Translator("de")._catalogue
    assert {source: say.gettext(source) for source in catalogue} == catalogue, "make setup"
    assert set(catalogue) == {sentence.value for sentence in Say}


@pytest.mark.parametrize("language", ["fr_FR", "", "../../etc", "en_US"])
def test_other_languages_fall_back_to_english(language):
    assert Translator(language)(Say.NO_READER) == Say.NO_READER.value
