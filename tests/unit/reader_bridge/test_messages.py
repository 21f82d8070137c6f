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


def test_our_small_reader_reads_what_babel_reads():
    with CATALOGUE.open("rb") as file:
        catalogue = {each.id: each.string for each in read_po(file) if each.id}
    assert catalogue == dict(Translator("de")._catalogue)
    assert set(catalogue) == {sentence.value for sentence in Say}


@pytest.mark.parametrize("language", ["fr_FR", "", "../../etc", "en_US"])
def test_other_languages_fall_back_to_english(language):
    assert Translator(language)(Say.NO_READER) == Say.NO_READER.value


def test_strings_over_several_lines_are_joined(tmp_path, monkeypatch):
    folder = tmp_path / "locale/xx/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "reader_bridge.po").write_text(
        'msgid ""\n"No "\n"card"\nmsgstr ""\n"Keine \\"K\\""\n'
    )
    monkeypatch.setattr("reader_bridge.messages.__file__", str(tmp_path / "messages.py"))
    assert Translator("xx")._catalogue == {"No card": 'Keine "K"'}
