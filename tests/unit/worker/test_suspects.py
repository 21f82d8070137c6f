import pytest

from tests.unit.table_board import TableBoard
from worker.suspects import DEATHS, Suspects


@pytest.fixture
def board() -> TableBoard:
    return TableBoard()


def work(board: TableBoard, rows: list[int], deadly: int) -> list[int]:
    """Live once: return what was worked off; row *deadly* kills."""
    done: list[int] = []
    suspects = Suspects(board, "drain")
    suspects.look()
    for part in suspects.pages(rows):
        if len(part) == 1 and suspects.is_deadly(part[0]):
            done.append(-part[0])
            continue
        before = dict(board.notes)
        with suspects.under_work(part):
            at_death = dict(board.notes)
            if deadly in part:
                break
            done += part
        assert board.notes.keys() == before.keys() | {"work:drain"}
    else:
        return done
    board.notes = at_death
    return done


def test_the_row_that_kills_is_found_and_left_alone(board):
    rows, lives = [1, 2, 3, 4, 5], []
    for _ in range(DEATHS + 2):
        lives.append(work(board, rows, deadly=3))
        rows = [row for row in rows if row not in lives[-1]]
    assert lives[0] == []
    assert lives[1] == [1, 2]
    assert lives[-1][0] == -3
    assert sorted(row for life in lives for row in life if row > 0) == [1, 2, 4, 5]


def test_a_row_that_was_only_near_is_free_again(board):
    work(board, [1, 2], deadly=2)
    assert work(board, [1, 2], deadly=0) == [1, 2]
    suspects = Suspects(board, "drain")
    suspects.look()
    assert suspects.pages([1, 2]) == [[1, 2]]


def test_an_exception_is_no_crash(board):
    suspects = Suspects(board, "drain")
    with pytest.raises(ValueError, match="no"), suspects.under_work([1]):
        raise ValueError("no")
    again = Suspects(board, "drain")
    again.look()
    assert again.pages([1, 2]) == [[1, 2]]


def test_without_the_board_work_goes_on(board):
    board.down = True
    suspects = Suspects(board, "drain")
    suspects.look()
    with suspects.under_work([1]):
        assert suspects.pages([1]) == [[1]]
