"""What the screen made of a card is asked for, and said at the reader."""

import pytest

from connector.exceptions import ErpBusy, ErpUnreachable
from reader_bridge.policy import Signal
from tests.kit.fakes import pushed

AWAY = ErpUnreachable("No answer from the ERP")


def test_what_came_of_a_pushed_card_is_asked_once_a_moment_later(
    sender, spool, link, shown, card, clock
):
    spool.append(card("a"))
    link.answers["card_outcomes"] = [[{"key": "a", "state": "done", "message": "71 left"}]]
    sender.step()
    assert 0 < sender.step() <= 2.5
    assert not link.asked("card_outcomes")
    clock.now_s += 2.6
    sender.step()
    sender.step()
    assert link.asked("card_outcomes") == [{"keys": ["a"]}]
    assert shown.texts == ["seen a", "71 left"]


def test_a_dialog_that_stays_open_is_asked_again_until_it_is_confirmed(
    sender, spool, link, shown, card, clock
):
    spool.append(card("a"))
    open_dialog = [{"key": "a", "state": "claimed", "message": "seen a"}]
    confirmed = [{"key": "a", "state": "done", "message": "71 left"}]
    link.answers["card_outcomes"] = [open_dialog, open_dialog, confirmed]
    sender.step()
    for _time in range(3):
        clock.now_s += 2.6
        sender.step()
    assert shown.texts == ["seen a", "71 left"]
    assert sender.step() == 60.0


def test_what_was_said_already_is_not_said_again(sender, spool, link, shown, card, clock):
    spool.append(card("a"))
    link.answers["card_outcomes"] = [[{"key": "a", "state": "done", "message": "seen a"}]]
    sender.step()
    clock.now_s += 2.6
    sender.step()
    assert shown.texts == ["seen a"]


def test_a_card_no_screen_took_is_shown_as_trouble(sender, spool, link, shown, card, clock):
    spool.append(card("a"))
    link.answers["card_outcomes"] = [[{"key": "a", "state": "new", "message": "no screen"}]]
    sender.step()
    clock.now_s += 3
    sender.step()
    assert shown.notices[-1].signal is Signal.TROUBLE


@pytest.mark.parametrize("answer", [[{"key": "other"}], TypeError("rubbish")])
def test_an_outcome_that_cannot_be_had_is_no_trouble(
    sender, spool, link, shown, card, clock, answer
):
    spool.append(card("a"))
    link.answers["card_outcomes"] = [answer]
    sender.step()
    clock.now_s += 3
    assert sender.step() == 0.0
    assert sender.step() == 60.0
    assert shown.texts == ["seen a"]


def test_an_outcome_that_could_not_be_asked_for_is_asked_again(
    sender, spool, link, shown, card, clock
):
    spool.append(card("a"))
    stale = [{"key": "a", "state": "stale", "message": "no screen"}]
    link.answers["card_outcomes"] = [AWAY, ErpBusy("later"), stale]
    sender.step()
    for _time in range(4):
        clock.now_s += 2.6
        sender.step()
    assert len(link.asked("card_outcomes")) == 3
    assert shown.texts == ["seen a", "no screen"]


def test_an_outcome_is_not_asked_for_for_ever(sender, spool, link, shown, card, clock):
    spool.append(card("a"))
    link.answers["card_outcomes"] = [AWAY]
    sender.step()
    for _time in range(100):
        clock.now_s += 2.6
        sender.step()
    assert len(link.asked("card_outcomes")) == 47  # two minutes
    assert shown.texts == ["seen a"]


def test_a_card_whose_first_answer_got_lost_is_followed_like_any_other(
    sender, spool, link, shown, card, clock
):
    spool.append(card("a"))
    repeated = [lambda kw: [pushed(kw["events"][0], duplicate=True)]]
    link.answers["card_presented"] = [AWAY, *repeated]
    link.answers["card_outcomes"] = [[{"key": "a", "state": "stale", "message": "no screen"}]]
    sender.step()
    sender.step()
    clock.now_s += 2.6
    sender.step()
    assert shown.texts[-2:] == ["seen a", "no screen"]
