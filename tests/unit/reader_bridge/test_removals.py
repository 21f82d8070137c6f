"""AX-24: a badge taken out of the reader is told once, soon, or not at all."""

import pytest

from connector.exceptions import ErpUnreachable
from reader_bridge.outcomes import Outcomes
from reader_bridge.removals import Removals


@pytest.fixture
def woken():
    return []


@pytest.fixture
def removals(link, clock, woken):
    return Removals(link, clock, lambda: woken.append(1))


def told(link):
    return [call["key"] for call in link.asked("card_removed")]


def test_a_watched_card_that_leaves_is_told_once(removals, link, woken):
    removals.inserted("R", "a")
    removals.watch("a")
    assert removals.step() > 1
    removals.removed("R")
    assert woken == [1]
    removals.step()
    removals.step()
    assert told(link) == ["a"]


def test_a_card_nobody_watches_costs_no_call(removals, link, woken):
    removals.inserted("R", "a")
    removals.removed("R")
    removals.step()
    assert (told(link), woken) == ([], [])


def test_a_card_gone_before_the_answer_is_told_at_once(removals, link):
    removals.inserted("R", "a")
    removals.removed("R")
    removals.watch("a")
    removals.step()
    assert told(link) == ["a"]


def test_the_next_card_ends_the_one_before_it(removals, link):
    removals.inserted("R", "a")
    removals.watch("a")
    removals.inserted("R", "b")
    removals.step()
    assert told(link) == ["a"]


def test_a_card_service_that_restarts_under_a_badge_logs_nobody_off(removals, link):
    removals.inserted("R", "a")
    removals.watch("a")
    removals.inserted("R", "a under a new count", again=True)
    removals.step()
    assert told(link) == []
    removals.removed("R")
    removals.step()
    assert told(link) == ["a"]


def test_with_the_erp_away_it_is_tried_each_second_and_dropped_after_ten(removals, link, clock):
    link.answers["card_removed"] = [ErpUnreachable("away")]
    removals.inserted("R", "a")
    removals.watch("a")
    removals.removed("R")
    for _ in range(20):
        clock.now_s += removals.step() if removals.step() < 10 else 1
    assert 1 <= len(told(link)) <= 10
    link.answers["card_removed"] = [True]
    assert removals.step() > 10


def test_an_outcome_may_ask_for_the_removal(link, clock):
    watched = []
    link.answers["card_outcomes"] = [
        [{"key": "a", "state": "done", "message": "Welcome", "watch_removal": True}]
    ]
    outcomes = Outcomes(link, clock, lambda *_: watched.append("said"), watched.append)
    outcomes.expect("a", "R", None)
    clock.now_s += 3
    outcomes.step()
    assert watched == ["a"], "asked again after a restart, nothing is said twice"
