from worker.notes import NotesAway
from worker.watchdog import Staleness


def test_only_a_sign_of_life_that_stops_changing_is_stale():
    now, signs = [0.0], iter([0.0, 1.0, 2.0, 2.0, 2.0])
    staleness = Staleness(lambda: next(signs), lambda: now[0])
    ages = []
    for _ in range(5):
        now[0] += 10
        ages.append(staleness.seconds())
    assert ages == [10, 0, 0, 10, 20]


def test_absent_notes_are_no_sign_of_a_hanging_worker():
    now = [0.0]

    def look():
        raise NotesAway("refused")

    staleness = Staleness(look, lambda: now[0])
    now[0] = 500
    assert staleness.seconds() == 0
