import logging

import pytest

from tests.unit.table_board import TableBoard
from worker.lease import LEASE_S, Alive, Lease


@pytest.fixture
def board() -> TableBoard:
    return TableBoard()


@pytest.fixture
def lease(board):
    def make(**options) -> Lease:
        return Lease(board, "drain", clock=lambda: board.now, **options)

    return make


def test_only_one_drains(lease, board):
    first, second = lease(), lease()
    assert first.take()
    assert not second.take()
    for _ in range(20):
        board.now += 1
        assert first.keep()
        assert not second.keep()


def test_a_lease_that_nobody_renews_ends(lease, board):
    first, second = lease(), lease()
    first.take()
    board.now += LEASE_S + 1
    assert second.take()
    assert not first.keep()


def test_a_started_worker_takes_over_from_one_that_was_killed(lease, board):
    killed, started = lease(), lease()
    killed.take()
    assert started.take(over=True)
    board.now += board.renew_s
    assert not killed.keep()


def test_a_released_lease_is_free_at_once(lease):
    first = lease()
    first.take()
    first.release()
    assert lease().take()


def test_nobody_releases_the_lease_of_another(lease, board):
    first, second = lease(), lease()
    first.take()
    second.release()
    board.now += board.renew_s
    assert first.keep()


def test_an_emptied_board_leaves_one_drain(lease, board):
    first, second = lease(), lease()
    first.take()
    board.notes.clear()
    assert second.take()
    board.now += board.renew_s
    assert not first.keep()
    assert second.keep()


def test_rounds_are_not_slowed_by_renewals(lease, board):
    first = lease()
    first.take()
    board.asked = 0
    for _ in range(100):
        board.now += 0.05
        first.keep()
    assert board.asked <= 4


def test_without_the_board_everybody_may_and_it_is_said_once(lease, board, caplog):
    caplog.set_level(logging.INFO)
    one = lease()
    board.down = True
    assert one.take()
    for _ in range(20):
        board.now += 1
        assert one.keep()
    assert one.without_board
    assert board.asked < 10  # a board that hangs must not slow every round
    board.down = False
    board.now += 10
    assert one.keep()
    assert not one.without_board
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


def test_a_renewal_says_what_is_wrong_and_shows_life(lease, board):
    alive = []
    one = lease(state=lambda: "No answer from the ERP.", alive=lambda: alive.append(1))
    one.take()
    board.now += board.renew_s
    one.keep()
    assert board.get("state:drain") == "No answer from the ERP."
    assert alive == [1]


def test_the_sign_of_life_is_left_once_a_second(board):
    alive = Alive(board, "worker@shop", clock=lambda: board.now)
    assert alive.seen() == 0
    alive.touch()
    first = alive.seen()
    asked = board.asked
    alive.touch()
    assert board.asked == asked
    board.now += 2
    alive.touch()
    assert alive.seen() > first


def test_a_board_that_is_away_disturbs_nobody_who_shows_life(board):
    board.down = True
    Alive(board, "worker@shop").touch()
