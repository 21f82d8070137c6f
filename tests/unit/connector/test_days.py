"""M2, #8: the day is the shop's, from time stamps (UTC) and from text."""

import pytest

from connector.exceptions import ConfigInvalid, RowUnmappable
from connector.mapping import schema
from connector.rows import Rows
from tests.unit.receipts import mapping_at, receipts

DAY = "date: x_bon_id.x_day"


def day_of(folder, rule, *changes, **values):
    """Return the day of a receipt by *rule*; both ways to read it agree."""
    erp = receipts()
    erp.add("x_bon", 1, **values)
    path = mapping_at(folder, (DAY, f"date: {rule}"), *changes)
    rows = Rows(erp, schema.load(path))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    row = rows.read(plan, [], limit=1)[0]
    (record,) = plan.records([row])
    assert record["date"] == plan.explain(row).date
    return record["date"]


@pytest.mark.parametrize(
    ("stamp", "zone", "day"),
    [
        ("2026-11-20 23:30:00", "Europe/Berlin", "2026-11-21"),
        ("2026-11-20 22:59:59", "Europe/Berlin", "2026-11-20"),
        ("2026-07-20 22:00:00", "Europe/Berlin", "2026-07-21"),
        ("2026-11-21 03:30:00", "America/New_York", "2026-11-20"),
        ("2026-11-20 23:30:00", "UTC", "2026-11-20"),
        ("2026-11-20", "Europe/Berlin", "2026-11-20"),
    ],
)
def test_a_stamp_is_the_shops_day(tmp_path, stamp, zone, day):
    zoned = ("version: 19\n", f"version: 19\ntimezone: {zone}\n")
    assert day_of(tmp_path, "x_bon_id.x_at", zoned, x_at=stamp) == day


@pytest.mark.parametrize(
    ("text", "verbs", "day"),
    [
        ("21.11.2026 00:30", 'format: "%d.%m.%Y %H:%M"', "2026-11-21"),
        (" 21.11.2026 ", 'format: "%d.%m.%Y"', "2026-11-21"),
        ("20.11.2026 23:30", 'format: "%d.%m.%Y %H:%M", zone: UTC', "2026-11-21"),
        ("2026-11-20T23:30:00+0000", 'format: "%Y-%m-%dT%H:%M:%S%z"', "2026-11-21"),
        ("11/20/26", 'format: "%m/%d/%y", zone: UTC', "2026-11-20"),
    ],
)
def test_a_text_is_read_by_its_format(tmp_path, text, verbs, day):
    rule = f"{{path: x_bon_id.x_text, {verbs}}}"
    assert day_of(tmp_path, rule, x_text=text) == day


def test_stamps_that_hold_local_time(tmp_path):
    """Written by SQL without UTC in mind: 00:30 is half past midnight here."""
    rule = "{path: x_bon_id.x_at, zone: Europe/Berlin}"
    assert day_of(tmp_path, rule, x_at="2026-11-21 00:30:00") == "2026-11-21"


def test_a_text_that_is_no_date_is_a_reason(tmp_path):
    rule = '{path: x_bon_id.x_text, format: "%d.%m.%Y"}'
    erp = receipts()
    erp.add("x_bon", 1, x_text="31.2.2026")
    rows = Rows(erp, schema.load(mapping_at(tmp_path, (DAY, f"date: {rule}"))))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    row = rows.read(plan, [], limit=1)[0]
    with pytest.raises(RowUnmappable, match=r"date: '31\.2\.2026' is not written like %d\.%m\.%Y"):
        plan.document(row)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ('{path: x_bon_id.x_text, format: "%d.%m"}', "Write how the day stands in the text"),
        ('{path: x_bon_id.x_text, format: "dd.mm.yyyy"}', "Write how the day stands in the text"),
        ("{path: x_bon_id.x_text, format: 5}", "Not a valid string"),
        ("{path: x_bon_id.x_at, zone: Berlin}", "Write it like Europe/Berlin"),
        ('{path: x_bon_id.x_at, zone: "../etc"}', "Write it like Europe/Berlin"),
    ],
)
def test_a_wrong_verb_is_named_with_its_line(tmp_path, rule, sentence):
    with pytest.raises(ConfigInvalid) as caught:
        schema.load(mapping_at(tmp_path, (DAY, f"date: {rule}")))
    (problem,) = caught.value.problems
    assert "bons.yaml:13:" in problem
    assert sentence.lower() in problem.lower()
