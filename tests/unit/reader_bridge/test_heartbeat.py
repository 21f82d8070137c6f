import pytest

from connector.exceptions import ErpUnreachable
from reader_bridge import __version__
from reader_bridge.heartbeat import Heartbeat

ANSWER = {"till": "Theke 1", "now": "", "lang": "de_DE", "screen": True}


@pytest.fixture
def beating(spool, link, board):
    link.answers["heartbeat"] = [ANSWER]
    return Heartbeat(spool, link, board, 30.0, follow_language=True)


def test_the_erp_hears_readers_version_and_queue(beating, link, board, spool, card):
    board.reader("R", "ready", "pcsc", ("rfid",))
    spool.append(card("a"))
    beating.beat()
    assert link.calls == [
        (
            "heartbeat",
            {
                "info": {
                    "version": __version__,
                    "readers": [
                        {"name": "R", "state": "ready", "source": "pcsc", "media": ["rfid"]}
                    ],
                    "spool_depth": 1,
                }
            },
        )
    ]
    assert (board.till, board.screen, board.say.language) == ("Theke 1", True, "de_DE")
    assert spool.language() == "de_DE"


def test_a_language_that_was_set_stays(spool, link, board):
    link.answers["heartbeat"] = [ANSWER]
    Heartbeat(spool, link, board, 30.0, follow_language=False).beat()
    assert board.say.language == "en"


@pytest.mark.parametrize("trouble", [ErpUnreachable("away"), TypeError("x"), "rubbish", None])
def test_an_erp_that_is_away_or_strange_does_not_end_the_heartbeat(beating, link, trouble):
    link.answers["heartbeat"] = [trouble, ANSWER]
    beating.beat()
    beating.beat()
    assert len(link.calls) == 2


def test_an_erp_that_stays_away_is_one_line_in_the_log(beating, link, caplog):
    caplog.set_level("INFO")
    link.answers["heartbeat"] = [ErpUnreachable("away"), ErpUnreachable("away"), ANSWER]
    for _ in range(3):
        beating.beat()
    assert caplog.text.count("away") == 1
    link.answers["heartbeat"] = [ErpUnreachable("away")]
    beating.beat()
    assert caplog.text.count("away") == 2


def test_a_reader_that_comes_or_goes_is_told_at_once_but_a_card_is_not(board):
    board.reader("R", "ready")
    assert board.changed.is_set()
    board.changed.clear()
    board.reader("R", "card")
    board.reader("R", "ready")
    assert not board.changed.is_set()
    board.reader("R", "gone")
    assert board.changed.is_set()


def test_the_thread_beats_at_every_change_and_says_goodbye(beating, link, board):
    board.reader("R", "ready")

    def answer(_kwargs):
        board.changed.set()
        if len(link.calls) == 2:
            beating.stop()
        return ANSWER

    link.answers["heartbeat"] = [answer]
    beating.start()
    beating.join(5)
    states = [call["info"]["readers"][0]["state"] for call in link.asked("heartbeat")]
    assert states == ["ready", "ready", "gone"]


def test_the_first_report_waits_for_the_readers(beating, link, board):
    """A till that starts must not be shown without a reader for a moment."""
    link.answers["heartbeat"] = [lambda _kwargs: beating.stop() or ANSWER]
    beating.start()
    board.reader("R", "ready")
    beating.join(5)
    assert [one["name"] for one in link.asked("heartbeat")[0]["info"]["readers"]] == ["R"]
