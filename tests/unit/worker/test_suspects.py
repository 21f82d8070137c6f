import pytest

from tests.unit.table_notes import TableNotes
from worker.suspects import DEATHS, Suspects


@pytest.fixture
def notes() -> TableNotes:
    return TableNotes()


def work(notes: TableNotes, rows: list[int], deadly: int) -> list[int]:
    """Live once: return what was worked off; row *deadly* kills."""
    done: list[int] = []
    suspects = Suspects(notes, "drain")
    suspects.look()
    for part in suspects.pages(rows):
        if len(part) == 1 and suspects.is_deadly(part[0]):
            done.append(-part[0])
            continue
        before = dict(notes.notes)
        with suspects.under_work(part):
            at_death = dict(notes.notes)
            if deadly in part:
                break
            done += part
        assert notes.notes.keys() == before.keys() | {"work:drain"}
    else:
        return done
    notes.notes = at_death
    return done


def test_the_row_that_kills_is_found_and_left_alone(notes):
    rows, lives = [1, 2, 3, 4, 5], []
    for _ in range(DEATHS + 2):
        lives.append(work(notes, rows, deadly=3))
        rows = [row for row in rows if row not in lives[-1]]
    assert lives[0] == []
    assert lives[1] == [1, 2]
    assert lives[-1][0] == -3
    assert sorted(row for life in lives for row in life if row > 0) == [1, 2, 4, 5]


def test_a_row_that_was_only_near_is_free_again(notes):
    work(notes, [1, 2], deadly=2)
    assert work(notes, [1, 2], deadly=0) == [1, 2]
    suspects = Suspects(notes, "drain")
    suspects.look()
    assert suspects.pages([1, 2]) == [[1, 2]]


def test_an_exception_is_no_crash(notes):
    suspects = Suspects(notes, "drain")
    with pytest.raises(ValueError, match="no"), suspects.under_work([1]):
        raise ValueError("no")
    again = Suspects(notes, "drain")
    again.look()
    assert again.pages([1, 2]) == [[1, 2]]


def test_without_the_notes_work_goes_on(notes):
    notes.down = True
    suspects = Suspects(notes, "drain")
    suspects.look()
    with suspects.under_work([1]):
        assert suspects.pages([1]) == [[1]]
