import logging

import pytest

from connector.exceptions import ErpBusy, ErpRefused, ErpUnreachable
from connector.outbox.host import Host
from tests.unit.table_erp import OUTBOX, TableErp
from tests.unit.table_notes import TableNotes
from worker.drain import Drain
from worker.outage import Outage
from worker.suspects import Suspects

POLL_S = 0.5


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


class Lease:
    def __init__(self, renewals: int = 1000) -> None:
        self.renewals = renewals
        self.without_notes = False

    def keep(self) -> bool:
        self.renewals -= 1
        return self.renewals >= 0


@pytest.fixture
def erp() -> TableErp:
    return TableErp()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drain(erp, clock) -> Drain:
    return Drain(
        Host(erp, "host:1", "0"),
        Outage(clock),
        Suspects(TableNotes(), "drain"),
        page=100,
        poll_s=POLL_S,
        clock=clock,
        sleep=clock.sleep,
    )


@pytest.fixture
def log(caplog, monkeypatch) -> list[str]:
    """What the worker has said so far."""
    caplog.set_level(logging.INFO)
    lines: list[str] = []
    monkeypatch.setattr(caplog.handler, "emit", lambda record: lines.append(record.getMessage()))
    return lines


def test_an_empty_outbox_is_asked_twice_a_second(drain, erp, clock):
    drain.run(Lease(), 5, 60)
    assert clock.naps == [POLL_S] * 10
    assert len(erp.calls) == 10


def test_issues_and_sales_are_booked_and_their_rows_are_gone(drain, erp):
    erp.invoice(119.0, 11.9)
    erp.note("issue", "loyalty.card.entry", 33)
    assert drain.round()
    assert erp.issued == [33]
    assert erp.settled == ["account.move:1"]
    assert {model for model, _ in erp.calls} == {OUTBOX}, "the ERP reads its documents itself"
    assert erp.outbox == {}


def test_work_is_not_followed_by_a_pause(drain, erp, clock):
    for _ in range(250):
        erp.note("issue", "loyalty.card.entry", 1)
    drain.run(Lease(), POLL_S, 60)
    assert erp.outbox == {}
    assert clock.naps == [POLL_S]


def test_a_row_that_fails_is_reported_and_the_others_are_booked(drain, erp, log):
    good, bad = (
        erp.note("issue", "loyalty.card.entry", 1),
        erp.note("issue", "loyalty.card.entry", 2),
    )
    erp.failures[bad] = "You need to supply\na Lot/Serial Number."
    drain.round()
    assert erp.issued == [1]
    assert log == [
        "Booked issue loyalty.card.entry,1 (posted).",
        "issue loyalty.card.entry,2 (posted) cannot be booked, the ERP will offer it again:"
        " You need to supply a Lot/Serial Number.",
    ]
    assert good not in erp.outbox


def test_a_row_that_breaks_the_whole_call_is_found_and_the_others_are_booked(drain, erp):
    rows = [erp.note("issue", "loyalty.card.entry", one) for one in range(1, 101)]
    erp.poison = {rows[40]}
    drain.round()
    assert sorted(erp.issued) == [one for one in range(1, 101) if one != 41]
    assert len(erp.calls) <= 1 + 2 * 7 + 2


def test_the_reason_is_left_at_the_row(drain, erp, log):
    row = erp.note("issue", "loyalty.card.entry", 1)
    erp.poison = {row}
    drain.round()
    assert "The whole call broke." in log[-1]


def test_a_row_that_cannot_even_be_rejected_rests(drain, erp, clock, log, monkeypatch):
    erp.note("issue", "loyalty.card.entry", 1)
    refusal = ErpRefused("builtins.MemoryError", "No.")

    def refuse(*_, **__):
        raise refusal

    monkeypatch.setattr(erp, "book_issues", refuse)
    monkeypatch.setattr(erp, "settle_sales", refuse)
    drain.run(Lease(), 60, 60)
    assert log == ["issue loyalty.card.entry,1 (posted) waits 5 minutes: No."]
    clock.now += 300
    drain.round()
    assert len(log) == 2


def test_an_outage_is_two_lines_however_long(drain, erp, clock, log):
    erp.errors = [ErpUnreachable("No answer: refused")] * 20
    drain.run(Lease(), 50, 480)
    away_s = sum(nap for nap in clock.naps if nap != POLL_S)
    assert log[0] == "No answer: refused. Nothing is lost; trying again until it works."
    assert log[1].startswith("The ERP answers again, after ")
    assert len(log) == 2
    assert 80 < away_s < 167  # twenty tries, 0.5 to 10 s apart, each shortened by chance


def test_a_worker_that_stops_in_an_outage_does_not_wait_for_its_end(drain, erp, clock):
    erp.errors = [ErpUnreachable("away")] * 1000
    clock.now = 0
    drain.run(Lease(12), 50, 480)
    assert clock.now < 12


def test_an_outage_is_seen_to_its_end_by_the_same_task(drain, erp, clock):
    erp.errors = [ErpUnreachable("away")] * 1000
    drain.run(Lease(), 50, 480)
    assert 480 <= sum(clock.naps) < 500


def test_without_notes_the_drain_goes_on(drain, clock):
    lease = Lease()
    lease.without_notes = True
    drain.run(lease, 50, 480)
    assert sum(clock.naps) == 480


def test_a_wrong_key_is_an_outage_with_a_sentence_not_a_fault_of_the_rows(drain, erp, log):
    erp.note("issue", "loyalty.card.entry", 1)
    denied = ErpRefused("odoo.exceptions.AccessDenied", "The ERP does not accept the API key.")
    erp.errors = [denied]
    with pytest.raises(ErpRefused):
        drain.round()
    erp.errors = [denied] * 5
    drain.run(Lease(40), 50, 480)
    assert log[0] == (
        "The ERP does not accept the API key. Nothing is lost; trying again until it works."
    )
    assert erp.issued == [1]


def test_a_key_revoked_between_two_calls_bisects_nothing(drain, erp, monkeypatch):
    erp.note("issue", "loyalty.card.entry", 1)
    erp.note("issue", "loyalty.card.entry", 2)

    def denied(*_, **__):
        raise ErpRefused("odoo.exceptions.AccessDenied", "No.")

    monkeypatch.setattr(erp, "book_issues", denied)
    with pytest.raises(ErpRefused):
        drain.round()
    assert len(erp.calls) == 2


def test_a_conflict_in_the_erp_is_repeated(drain, erp):
    erp.note("issue", "loyalty.card.entry", 1)
    erp.errors = [ErpBusy("busy")]
    drain.run(Lease(3), 50, 480)
    assert erp.issued == [1]


def test_a_lost_lease_ends_the_drain(drain, erp):
    drain.run(Lease(3), 50, 480)
    assert len(erp.calls) == 3


def test_a_mistake_of_ours_is_the_fault_of_one_row(drain, erp, log, monkeypatch):
    for amount in (1.0, 2.0, 3.0):
        erp.invoice(amount)
    host = drain._host
    settle = host.settle_sales

    def stumble(ids, rejects=()):
        if 2 in ids and not rejects:
            raise KeyError("tax_ids")
        return settle(ids, rejects)

    monkeypatch.setattr(host, "settle_sales", stumble)
    drain.round()
    assert set(erp.settled) == {"account.move:1", "account.move:3"}
    assert any("KeyError: 'tax_ids'" in line for line in log)


def test_a_row_that_kills_the_process_is_left_with_its_reason(erp, clock, log):
    """A crash has no exception: who comes after finds the note of what was under work."""
    rows = [erp.note("issue", "loyalty.card.entry", one) for one in range(1, 6)]
    notes = TableNotes()
    deadly = rows[2]

    class Killed(BaseException):
        pass

    class Host14(Host):
        def book_issues(self, ids):
            if deadly in ids:
                at_death.update(notes.notes)
                raise Killed
            return super().book_issues(ids)

    lives = 0
    while erp.outbox and lives < 10:
        lives += 1
        at_death: dict = {}
        one = Drain(
            Host14(erp, "host:1", "0"),
            Outage(clock),
            Suspects(notes, "drain"),
            page=100,
            poll_s=POLL_S,
            clock=clock,
            sleep=clock.sleep,
        )
        try:
            one.run(Lease(), 5, 5)
        except Killed:
            notes.notes = at_death
        if any("died three times" in line for line in log):
            break
    assert lives == 5
    assert sorted(erp.issued) == [1, 2, 4, 5]
    assert any("loyalty.card.entry,3" in line and "died three times" in line for line in log)
