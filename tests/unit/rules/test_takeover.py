"""Cells of a take-over file, and of the file that goes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.takeover import Refused, day, harmless, number, read_back, rows

FORMULAS = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    " =1+1",
    "\t=1",
    "\r=1",
    "\n=1",
    "|calc",
    "\uff1d1+1",
    "'=1",
    "''=1",
    "%0A",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_spreadsheet_calculates_nothing(text):
    """Low of doors.md: ``refused.csv`` kept formulas."""
    assert harmless(text).startswith("'")
    assert read_back(harmless(text)) == text


@given(st.text(alphabet="'=+-@1a ,\t", max_size=6))
def test_what_goes_out_comes_back(text):
    assert read_back(harmless(text)) == text


@pytest.mark.parametrize("text", ["-1", "-1.234,50", "+49 30 123", "Meier", "", "O'Neill", "1-2"])
def test_ordinary_cells_stay(text):
    assert harmless(text) == text
    assert read_back(text) == text


def test_the_corrected_file_is_read_as_it_was():
    assert [cells for _, cells in rows("Name;No.\n'=x;'y\n")] == [["Name", "No."], ["=x", "'y"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1" + "0" * 20, "big"),
        ("1000000000", "big"),
        ("١٢", "number"),
        ("１２", "number"),
        ("1e3", "number"),
        ("nan", "number"),
        ("-5", "negative"),
        ("0,001", "places"),
    ],
)
def test_refused_figures(text, code):
    """Low of doors.md: the take-over accepted 10^20 and Arabic digits."""
    with pytest.raises(Refused) as refused:
        number(text, "comma", 2)
    assert refused.value.code == code


def test_days_are_written_in_digits_that_everybody_reads():
    with pytest.raises(Refused):
        day("٣١.١٢.٢٠٢٦")
