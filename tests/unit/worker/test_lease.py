import logging

import pytest

from tests.unit.table_notes import TableNotes
from worker.lease import LEASE_S, Alive, Lease


@pytest.fixture
def notes() -> TableNotes:
    return TableNotes()


@pytest.fixture
def lease(notes):
    def make(**options) -> Lease:
        return Lease(notes, "drain", clock=lambda: notes.now, **options)

    return make


def test_only_one_drains(lease, notes):
    first, second = lease(), lease()
    assert first.take()
    assert not second.take()
    for _ in range(20):
        notes.now += 1
        assert first.keep()
        assert not second.keep()


def test_a_lease_that_nobody_renews_ends(lease, notes):
    first, second = lease(), lease()
    first.take()
    notes.now += LEASE_S + 1
    assert second.take()
    assert not first.keep()


def test_a_started_worker_takes_over_from_one_that_was_killed(lease, notes):
    killed, started = lease(), lease()
    killed.take()
    assert started.take(over=True)
    notes.now += notes.renew_s
    assert not killed.keep()


def test_a_released_lease_is_free_at_once(lease):
    first = lease()
    first.take()
    first.release()
    assert lease().take()


def test_nobody_releases_the_lease_of_another(lease, notes):
    first, second = lease(), lease()
    first.take()
    second.release()
    notes.now += notes.renew_s
    assert first.keep()


def test_emptied_notes_leave_one_drain(lease, notes):
    first, second = lease(), lease()
    first.take()
    notes.notes.clear()
    assert second.take()
    notes.now += notes.renew_s
    assert not first.keep()
    assert second.keep()


def test_rounds_are_not_slowed_by_renewals(lease, notes):
    first = lease()
    first.take()
    notes.asked = 0
    for _ in range(100):
        notes.now += 0.05
        first.keep()
    assert notes.asked <= 4


def test_without_the_notes_everybody_may_and_it_is_said_once(lease, notes, caplog):
    caplog.set_level(logging.INFO)
    one = lease()
    notes.down = True
    assert one.take()
    for _ in range(20):
        notes.now += 1
        assert one.keep()
    assert one.without_notes
    assert notes.asked < 10  # notes that hang must not slow every round
    notes.down = False
    notes.now += 10
    assert one.keep()
    assert not one.without_notes
    assert caplog.messages == [
        "Going on without Redis: Error 111 connecting to 127.0.0.1. Connection refused.",
        "Going on with Redis.",
    ]


def test_a_stopping_worker_ends_its_drain(lease):
    stopping = [False]
    one = lease(stopping=lambda: stopping[0])
    one.take()
    assert one.keep()
    stopping[0] = True
    assert not one.keep()


def test_a_renewal_says_what_is_wrong_and_shows_life(lease, notes):
    alive = []
    one = lease(state=lambda: "No answer from the ERP.", alive=lambda: alive.append(1))
    one.take()
    notes.now += notes.renew_s
    one.keep()
    assert notes.get("state:drain") == "No answer from the ERP."
    assert alive == [1]


def test_the_sign_of_life_is_left_once_a_second(notes):
    alive = Alive(notes, "worker@shop", clock=lambda: notes.now)
    assert alive.seen() == 0
    alive.touch()
    first = alive.seen()
    asked = notes.asked
    alive.touch()
    assert notes.asked == asked
    notes.now += 2
    alive.touch()
    assert alive.seen() > first


def test_notes_that_are_away_disturb_nobody_who_shows_life(notes):
    alive = Alive(notes, "worker@shop", clock=lambda: notes.now)
    notes.down = True
    alive.touch()
    assert (notes.asked, notes.notes) == (1, {})
    notes.down = False
    notes.now += 2
    alive.touch()
    assert alive.seen() > 0
