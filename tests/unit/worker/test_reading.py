"""The foreign ERP as the worker's tasks see it."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

import pytest

from connector.erp import ErpSettings
from connector.exceptions import ErpRefused, ErpUnreachable
from connector.foreign.pace import Night
from connector.foreign.settings import ForeignSettings, ReadSettings
from tests.unit.foreign_table import MAPPING, ForeignTable, KeepingHost
from tests.unit.table_notes import TableNotes
from worker.outage import Outage
from worker.reading import ASK_AGAIN_S, Reading, Scan
from worker.suspects import Suspects

ALWAYS = Night(clock_time(0), clock_time(0), "UTC")
_now = datetime.now(UTC)
NEVER = Night((_now + timedelta(hours=11)).time(), (_now + timedelta(hours=13)).time(), "UTC")


def going() -> bool:
    return True


class Rig:
    """A foreign ERP, a host, and what was observed."""

    def __init__(self, tmp_path, **read):
        path = tmp_path / "own.yaml"
        path.write_text(MAPPING)
        self.foreign, self.host, self.observed = ForeignTable(), KeepingHost(), []
        erp = ErpSettings("http://nord", "nord", "sync", "secret", "web")
        settings = ForeignSettings(erp, str(path), None, ReadSettings(**read), "nord")
        self.reading = Reading(
            self.host,
            settings,
            "w:1",
            "0",
            observe=lambda *page: self.observed.append(page),
            connect_to=lambda _: self.foreign,
        )


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)


def test_the_past_is_read_unless_nobody_wants_it(rig, tmp_path):
    rig.foreign.write()
    assert not rig.reading.backfill(going)
    assert len(rig.host.kept) == 1
    without = Rig(tmp_path, history=False)
    without.foreign.write()
    assert not without.reading.backfill(going)
    assert without.host.kept == {}


def test_each_page_is_observed(rig):
    rig.reading.read(going)
    rig.foreign.pass_time(1)
    rig.foreign.write()
    assert rig.reading.read(going)
    stream, page, kept, seconds = rig.observed[-1]
    assert (stream, len(page.rows), kept.new) == ("invoice_line", 1, 1)
    assert seconds >= 0


@pytest.mark.parametrize(
    "error",
    [
        ErpRefused("odoo.exceptions.AccessDenied", "The key expired."),
        ErpUnreachable("The key expired."),
    ],
)
def test_trouble_is_told_to_the_shop_once_and_so_is_its_end(rig, error):
    rig.reading.read(going)
    rig.host.notes.clear()
    for _ in range(3):
        rig.foreign.errors = [error]
        with pytest.raises(type(error)):
            rig.reading.read(going)
    assert rig.host.notes == [("The key expired.", False)]
    rig.reading.read(going)
    rig.reading.read(going)
    assert rig.host.notes == [("The key expired.", False), ("", False)]


def test_a_renamed_field_is_asked_for_again_until_it_is_there(rig, monkeypatch):
    """The mapping is corrected or the field comes back: no restart is needed."""
    real = rig.foreign.fields_get
    monkeypatch.setattr(
        rig.foreign,
        "fields_get",
        lambda **asked: {name: one for name, one in real(**asked).items() if name != "amount"},
    )
    with pytest.raises(Exception, match="no field 'amount' in sale.line"):
        rig.reading.read(going)
    assert "no field 'amount'" in rig.host.notes[-1][0]
    monkeypatch.undo()
    rig.reading.read(going)
    assert rig.host.notes[-1] == ("", False)


def test_comparing_waits_until_somebody_asks_and_the_past_is_read(rig, tmp_path):
    rig.foreign.write()
    assert rig.reading.reconcile() == ""
    rig.host.asked = True
    assert rig.reading.reconcile() == ""  # all of the past would be found missing
    rig.reading.backfill(going)
    rig.foreign.write()
    assert rig.reading.reconcile() == "Compared with nord: invoice_line: 1 new, 0 changed, 0 gone."
    assert rig.reading.reconcile() == "Compared with nord: all the same."
    without = Rig(tmp_path, history=False)
    without.foreign.write()
    without.host.asked = True
    assert without.reading.reconcile() == "Compared with nord: all the same."
    assert without.host.kept == {}


@pytest.mark.parametrize(("night", "compared"), [(ALWAYS, True), (NEVER, False)])
def test_what_is_due_is_compared_at_night(tmp_path, night, compared):
    rig = Rig(tmp_path, night=night)
    rig.reading.backfill(going)
    rig.host.due = True
    assert bool(rig.reading.reconcile()) is compared


def test_health_says_what_the_form_says(rig, monkeypatch):
    """H5, H3: the scan runs, the past is in trouble, and somebody is asked about what vanished."""
    wrong = []
    monkeypatch.setattr(rig.reading, "_wrong", wrong.append)
    rig.reading.read(going)
    assert (rig.reading.trouble, wrong) == ("", [False])
    rig.host.troubles = {"past": "The key expired.", "vanished": "10 of 22 vanished."}
    rig.reading.read(going)
    assert rig.reading.trouble == "nord: The key expired. 10 of 22 vanished."
    rig.foreign.errors = [ErpUnreachable("away")]
    with pytest.raises(ErpUnreachable):
        rig.reading.read(going)
    rig.host.troubles = {}
    rig.reading.read(going)
    assert (rig.reading.trouble, wrong) == ("", [False, True, True, False])


def test_each_part_takes_back_its_own_trouble_only(rig, monkeypatch):
    """H5: the past that goes on said "all is well" while the scan stood still."""
    said = []
    note = rig.host.note
    monkeypatch.setattr(
        rig.host, "note", lambda **told: said.append((told["part"], told["error"])) or note(**told)
    )
    rig.reading.backfill(going)
    rig.foreign.errors = [ErpUnreachable("away")]
    with pytest.raises(ErpUnreachable):
        rig.reading.read(going)
    rig.reading.backfill(going)
    assert said == [("past", ""), ("changes", "away")]


def test_a_comparison_that_somebody_asks_for_begins_at_once(rig):
    """It waited for the schedule, which a worker that is restarted often never comes to."""
    began, clock = [], [0.0]
    scan = Scan(
        rig.reading,
        Outage(),
        Suspects(TableNotes(), "read:nord"),
        compare=lambda: began.append(clock[0]),
        poll_s=1,
        clock=lambda: clock[0],
    )
    scan.round()
    assert began == []
    rig.host.asked = True
    for _ in range(3):
        scan.round()
    assert began == [0.0]
    clock[0] = ASK_AGAIN_S
    scan.round()
    rig.host.asked = False
    clock[0] *= 2
    scan.round()
    assert began == [0.0, ASK_AGAIN_S]
