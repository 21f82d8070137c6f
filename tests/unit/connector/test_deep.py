"""M5, H1: what SQL changes and no sum shows is found: headers, customers, what changed places."""

from datetime import time as clock_time

import pytest

from connector.foreign import deep
from connector.foreign.host import SyncHost
from connector.foreign.pace import Night, Pace
from connector.foreign.source import Source
from connector.mapping import schema
from connector.rows import Rows
from tests.unit.foreign_table import KeepingHost
from tests.unit.receipts import mapping_at, receipts

ALWAYS = Night(clock_time(0), clock_time(0), "UTC")


@pytest.fixture
def erp():
    return receipts()


@pytest.fixture
def host():
    return KeepingHost()


@pytest.fixture
def pull(erp, host, tmp_path):
    rows = Rows(erp, schema.load(mapping_at(tmp_path)))
    pace = Pace(ALWAYS, sleep=lambda _: None)
    one = Source(SyncHost(host, "nord"), rows, pace, window_s=10, streams=("invoice_line",))
    one.changes()
    assert not one.past()
    host.asked = True
    return one


def kept(host, field):
    return {key: one[field] for key, one in sorted(host.documents().items())}


@pytest.mark.parametrize(
    ("model", "changes", "field", "seen"),
    [
        ("x_bon", {1: {"x_state": "void"}}, "void", [True, True, False, False]),
        ("x_bon", {1: {"x_customer_id": 8}, 2: {"x_customer_id": 7}}, "customer", [8, 8, 7, 7]),
        ("x_bon", {1: {"x_day": "2026-11-01"}}, "date", ["2026-11-01"] * 2 + ["2026-11-20"] * 2),
        ("x_bon_line", {1: {"x_gross": 20.0}, 2: {"x_gross": 10.0}}, "gross", [20, 10, 10, 20]),
        ("x_bon_line", {2: {"x_gross": 15.0}, 4: {"x_gross": 25.0}}, "gross", [10, 15, 10, 25]),
        ("x_bon_line", {1: {"x_article_id": 4}, 2: {"x_article_id": 3}}, "product", [4, 3, 3, 4]),
    ],
)
def test_what_sql_changes_is_found(erp, host, pull, model, changes, field, seen):
    """M5: no time stamp tells, and no sum of the lines."""
    for number, values in changes.items():
        erp.add(model, number, **values)
    pull.changes()
    assert list(kept(host, field).values()) != seen
    assert pull.compare()["invoice_line"].differing == 1
    assert list(kept(host, field).values()) == seen
    assert pull.compare()["invoice_line"].differing == 0


def test_names_that_change_by_sql_do_not_count(erp, host, pull):
    erp.add("x_bon", 1, x_number="other")
    assert pull.compare()["invoice_line"].differing == 0


def test_a_night_looks_at_the_newest_and_at_a_part_of_the_rest():
    """All ids within four weeks, whoever asks gets all at once; ranges are the same every night."""
    newest = 3_000_000
    nights = [
        list(deep._ranges(0, newest, everything=False, night=one)) for one in range(deep.PARTS)
    ]
    assert all(night[0] == (newest - deep.RANGE, newest) for night in nights)
    assert max(len(night) for night in nights) * deep.RANGE < 110_000 + newest / deep.PARTS
    every = set(deep._ranges(0, newest, everything=True, night=0))
    assert set().union(*nights) == every
    assert sum(high - low for low, high in every) == newest


def test_where_the_past_is_left_out_it_begins_behind_it():
    assert list(deep._ranges(12_345, 12_400, everything=True, night=0)) == [(12_345, 15_000)]


def test_a_stream_takes_a_minute_at_most(erp, host, pull, tmp_path):
    rows = Rows(erp, schema.load(mapping_at(tmp_path)))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    erp.add("x_bon_line", 100_000, x_bon_id=1)
    ticks = iter(range(0, 10_000, 30))
    calls = len(erp.calls)
    pace = Pace(ALWAYS, sleep=lambda _: None)
    remote = SyncHost(host, "nord")
    list(deep.differing(rows, plan, remote, pace, clock=lambda: next(ticks), everything=True))
    assert len(erp.calls) - calls < 6
