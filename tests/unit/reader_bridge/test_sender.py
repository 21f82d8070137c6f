import pytest

from connector.exceptions import ConfigInvalid, ErpBusy, ErpRefused, ErpUnreachable
from reader_bridge.messages import Say
from reader_bridge.policy import Signal
from reader_bridge.sender import Sender
from tests.kit.fakes import pushed

AWAY = ErpUnreachable("No answer from the ERP")


def sent(link):
    return [[event["key"] for event in call["events"]] for call in link.asked("card_presented")]


def test_one_call_carries_one_card_with_all_that_is_known(sender, spool, link, card):
    spool.append(card("a", "K1.X", at_s=999.75))
    sender.step()
    assert link.asked("card_presented") == [
        {
            "events": [
                {
                    "key": "a",
                    "kind": "token",
                    "value": "K1.X",
                    "medium": "rfid",
                    "reader": "R",
                    "origin": "insert",
                    "age_s": 0.25,
                    "seq": 1,
                }
            ]
        }
    ]
    assert spool.depth() == 0


def test_the_answer_is_shown_as_the_erp_worded_it(sender, spool, link, shown, card):
    spool.append(card("a"))
    link.answers["card_presented"] = [
        lambda kwargs: [pushed(kwargs["events"][0], status="refused", message="Heute schon")]
    ]
    sender.step()
    assert [(notice.signal, notice.text) for notice in shown.notices] == [
        (Signal.REFUSED, "Heute schon")
    ]


def test_while_the_erp_is_away_cards_wait_and_the_seller_is_told_at_once(
    sender, spool, link, shown, board, card
):
    spool.append(card("a"))
    link.answers["card_presented"] = [AWAY]
    waits = [sender.step() for _ in range(12)]
    assert waits[:3] == [0.05, 0.1, 0.2]
    assert waits[-1] == 30.0
    assert shown.texts == [board.say(Say.ERP_AWAY)]
    assert "Cards waiting: 1" in board.trouble["erp"]
    assert spool.depth() == 1


def test_when_the_erp_is_back_the_cards_go_out_in_order_and_once(
    sender, spool, link, board, card, shown
):
    link.answers["card_presented"] = [AWAY, AWAY, None]
    for key in ("a", "b", "c"):
        spool.append(card(key))
    for _ in range(3):
        sender.step()
    assert sent(link)[-1] == ["a", "b", "c"]
    assert spool.depth() == 0
    assert board.trouble == {}
    assert shown.texts.count(board.say(Say.ERP_AWAY)) == 3


def test_a_busy_erp_is_asked_again(sender, spool, link, card):
    spool.append(card("a"))
    link.answers["card_presented"] = [ErpBusy("later"), None]
    assert sender.step() > 0
    assert sender.step() == 0
    assert spool.depth() == 0


def test_live_cards_go_in_small_calls_and_a_long_queue_in_large_ones(sender, spool, link, card):
    for number in range(230):
        spool.append(card(f"k{number}"))
    while spool.depth():
        sender.step()
    assert [len(keys) for keys in sent(link)] == [200, 20, 10]


def test_jitter_spreads_the_tills(spool, link, shown, board, clock, card, writings):
    link.answers["card_presented"] = [AWAY]
    spool.append(card("a"))
    early = Sender(spool, link, shown, board, writings, clock, jitter=lambda: 0.0)
    assert early.step() == 0.025


def test_a_wrong_key_keeps_the_queue_and_is_tried_slowly(sender, spool, link, board, card, caplog):
    link.answers["card_presented"] = [
        ErpRefused("odoo.exceptions.AccessDenied", "The key of till-1 is not accepted.")
    ]
    spool.append(card("a"))
    assert sender.step() == 30.0
    assert sender.step() == 30.0
    assert spool.depth() == 1
    assert board.trouble["erp"].endswith("The key of till-1 is not accepted.")
    assert caplog.text.count("does not let this till in") == 1


def test_one_bad_card_is_rejected_shown_and_the_others_go_on(
    sender, spool, link, shown, board, card
):
    def answer(kwargs):
        if any(event["key"] == "bad" for event in kwargs["events"]):
            raise ErpRefused("odoo.exceptions.ValidationError", "no such medium")
        return [pushed(event) for event in kwargs["events"]]

    link.answers["card_presented"] = [answer]
    for key in ("a", "bad", "c"):
        spool.append(card(key))
    while spool.depth():
        assert sender.step() == 0.0
    assert sent(link) == [["a", "bad", "c"], ["a"], ["bad"], ["c"]]
    rejected = board.say(Say.EVENT_REJECTED, reader="R", reason="no such medium")
    assert shown.texts == ["seen a", rejected, "seen c"]
    sender.step()
    spool.append(card("d"))
    spool.append(card("e"))
    sender.step()
    assert sent(link)[-1] == ["d", "e"]


def test_other_fatal_errors_reject_the_card_too(sender, spool, link, card):
    link.answers["card_presented"] = [ConfigInvalid(["x"])]
    spool.append(card("a"))
    sender.step()
    assert spool.depth() == 0


@pytest.mark.parametrize(
    "answer",
    [
        TypeError("somebody changed something"),
        None.__class__,
        [{"key": "a"}],
        [],
        "rubbish",
        ErpRefused("builtins.KeyError", "'x'"),
        ErpRefused("http", "HTTP 500"),
    ],
)
def test_the_unexpected_is_tried_again_and_never_blocks_the_queue_for_ever(
    sender, spool, link, shown, card, answer
):
    link.answers["card_presented"] = [answer]
    spool.append(card("a"))
    waits = [sender.step() for _ in range(4)]
    assert all(waits)
    assert spool.depth() == 1
    sender.step()
    assert spool.depth() == 0
    assert shown.notices[-1].signal is Signal.REFUSED


def test_an_erp_that_recovers_from_the_unexpected_loses_nothing(sender, spool, link, card, board):
    link.answers["card_presented"] = [ErpRefused("builtins.KeyError", "'x'"), None]
    spool.append(card("a"))
    sender.step()
    sender.step()
    assert spool.depth() == 0
    assert board.trouble == {}


def test_an_unreadable_card_is_reported_and_not_announced_twice(sender, spool, link, shown, card):
    spool.append(card("a", "", kind="unreadable"))
    link.answers["card_presented"] = [lambda kw: [pushed(kw["events"][0], status="unreadable")]]
    sender.step()
    assert sent(link) == [["a"]]
    assert shown.notices == []


def test_the_thread_survives_a_spool_that_fails(link, shown, board, card, caplog, writings):
    class Broken:
        looks = 0

        def waiting(self, _limit):
            self.looks += 1
            if self.looks == 3:
                sender.stop()
            raise OSError("disk gone")

    sender = Sender(Broken(), link, shown, board, writings, jitter=lambda: 0.0)
    sender._sleep = lambda _pause_s: None
    sender.run()
    assert caplog.text.count("the spool could not be read") == 3


def test_a_card_that_comes_while_the_erp_is_away_is_told_without_waiting(
    spool, link, shown, board, card, writings
):
    link.answers["card_presented"] = [AWAY]
    spool.append(card("a"))
    sender = Sender(spool, link, shown, board, writings, jitter=lambda: 1.0)
    sender._failures = 15
    sender.start()
    for key in ("b", "c"):
        spool.append(card(key))
        sender.wake()
    while len(shown.notices) < 3:
        sender.wake()
    sender.stop()
    sender.join(5)
    assert not sender.is_alive()
    assert shown.texts == [board.say(Say.ERP_AWAY)] * 3
    assert len(sent(link)) == 1
