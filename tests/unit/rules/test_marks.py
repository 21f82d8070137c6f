"""A person in a text."""

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.marks import pattern

NAME, MAIL, PHONE, NUMBER = (
    "Karl Ünal-O'Berg",
    "karl+card@berg.example",
    "+49 (30) 123-45",
    "K-4711",
)
MARKS = pattern([NAME], [MAIL, PHONE, NUMBER])


def without(text, marks=MARKS):
    return re.sub(marks, "…", text, flags=re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        NAME.upper(),
        "karl   ünal-o'berg",
        "karl\nünal-o'berg",
        "Ünal-O'Berg, Karl",
        "Ünal-O'Berg Karl",
        html.escape(NAME),
        html.escape(NAME).replace("&#x27;", "&#39;"),
        json.dumps(NAME)[1:-1],
        MAIL,
        MAIL.upper(),
        PHONE,
        NUMBER,
    ],
)
def test_every_way_to_write_the_person(text):
    assert without(f"<p>({text}), {text}.</p>") == "<p>(…), ….</p>"


@pytest.mark.parametrize("text", ["Karl", "Ünal-O'Bergmann, Karl", "xK-4711", "K-47110", "4711"])
def test_what_is_somebody_else(text):
    assert without(text) == text


def test_short_marks_are_no_marks():
    assert pattern(["X Y"], ["7", "ab", ""]) == ""
    assert pattern([""], []) == ""


@given(st.text(min_size=1), st.text())
def test_any_name_gives_an_expression_that_can_be_read(name, number):
    if marks := pattern([name], [number]):
        re.compile(marks)
