"""The manual's tables of our fields are those that a mapping is checked against."""

from connector import cli
from connector.mapping.tables import tables
from dev.paths import ROOT

BEGIN, END = "<!-- customer-card fields -->\n", "\n<!-- end of fields -->"


def test_the_manual_has_the_fields_that_there_are(capsys):
    """Print them anew with: customer-card fields."""
    manual = (ROOT / "docs" / "foreign-erp.md").read_text()
    assert manual.partition(BEGIN)[2].partition(END)[0] == tables()
    assert cli.main(["fields"]) == 0
    assert capsys.readouterr().out.strip() == tables()


def test_each_says_type_need_and_values():
    lines = tables().splitlines()
    for start in (
        "| `purpose` | text; required | empty, `issue` ·",
        "| `gender` | text; required | empty, `f`, `m`, `d` ·",
        "| `customer` | link to the model of `customer`, may be empty; required | *",
        "| `parent` | link to the model of `customer`, may be empty; optional |",
        "| `date` | date, time stamp, or text with `format`; required |",
    ):
        assert any(line.startswith(start) for line in lines), start
