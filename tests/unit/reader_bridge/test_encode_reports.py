"""AS-05: what became of a written card reaches the ERP, whatever fails in between."""

import pytest

from connector.exceptions import ErpRefused, ErpUnreachable
from reader_bridge.cards.base import CardGone, CardRefused
from reader_bridge.encode import CardTaken
from reader_bridge.messages import Say
from reader_bridge.readers.base import Write
from reader_bridge.sender import Sender
from reader_bridge.writings import Writings
from tests.kit.fakes import pushed

JOB = {"encoding_id": 7, "token": "K1.NEW", "number": "10001", "overwrite": False}


@pytest.fixture
def written():
    return []


@pytest.fixture
def sender(spool, link, shown, board, writings, clock, written, card):
    sender = Sender(spool, link, shown, board, writings, clock, jitter=lambda: 1.0)
    sender.writes_with(lambda reader, job: written.append((reader, job)))
    link.answers["card_presented"] = [
        lambda kwargs: [
            pushed(event, status="encode", action="", encode=JOB) for event in kwargs["events"]
        ]
    ]
    link.answers["confirm"] = [{"number": "10001", "message": "Card 10001 is ready."}]
    spool.append(card("a"))
    sender.step()
    return sender


def job_of(written) -> Write:
    ((reader, job),) = written
    assert reader == "R"
    return job


def test_the_card_that_was_presented_is_written_and_confirmed(sender, written, link, shown):
    job = job_of(written)
    assert (job.key, job.token, job.overwrite) == ("a", "K1.NEW", False)
    job.done("K1.NEW")
    sender.step()
    assert link.asked("confirm") == [{"encoding_id": 7, "read_back": "K1.NEW"}]
    assert shown.texts[-1] == "Card 10001 is ready."
    sender.step()
    assert len(link.asked("confirm")) == 1


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (CardGone("away"), Say.PUT_BACK.value),
        (CardTaken("taken"), Say.CARD_TAKEN.value),
        (CardRefused(0x6982), "This card cannot be written"),
        ("K1.SOMETHING ELSE", Say.NOT_THE_SAME.value),
        ("", Say.NOT_THE_SAME.value),
    ],
)
def test_what_was_not_written_is_told_to_erp_and_seller(sender, written, link, shown, result, said):
    job_of(written).done(result)
    sender.step()
    ((failed),) = link.asked("failed")
    assert failed["encoding_id"] == 7
    assert failed["reason"].startswith(said)
    assert shown.texts[-1] == failed["reason"]
    assert link.asked("confirm") == []


def test_a_confirmation_that_does_not_get_through_is_repeated(sender, written, link, clock):
    link.answers["confirm"] = [
        ErpUnreachable("away"),
        ErpUnreachable("away"),
        {"number": "10001", "message": "ready"},
    ]
    job_of(written).done("K1.NEW")
    for _ in range(6):
        clock.now_s += max(sender.step(), 0.1)
    assert len(link.asked("confirm")) == 3


def test_a_bridge_killed_after_writing_confirms_after_its_restart(
    sender, written, link, spool, shown, board, tmp_path, clock
):
    job_of(written).done("K1.NEW")
    again = Writings(tmp_path / "spool.sqlite")
    Sender(spool, link, shown, board, again, clock).step()
    assert link.asked("confirm") == [{"encoding_id": 7, "read_back": "K1.NEW"}]
    again.close()
    assert b"K1.NEW" not in (tmp_path / "spool.sqlite").read_bytes()
    assert b"K1.NEW" not in (tmp_path / "spool.sqlite-wal").read_bytes()


def test_an_erp_that_refuses_the_confirmation_is_heard_and_not_asked_for_ever(
    sender, written, link, shown
):
    link.answers["confirm"] = [ErpRefused("odoo.exceptions.UserError", "This was discarded.")]
    job_of(written).done("K1.NEW")
    for _ in range(3):
        sender.step()
    assert len(link.asked("confirm")) == 1
    assert "This was discarded" in shown.texts[-1]


def test_without_a_reader_the_job_fails_at_once(spool, link, shown, board, writings, clock, card):
    alone = Sender(spool, link, shown, board, writings, clock)
    link.answers["card_presented"] = [
        lambda kwargs: [pushed(kwargs["events"][0], status="encode", encode=JOB)]
    ]
    spool.append(card("a"))
    alone.step()
    alone.step()
    assert len(link.asked("failed")) == 1


def test_an_old_card_is_a_line_in_the_log_and_no_beep(
    spool, link, shown, board, writings, clock, card, caplog
):
    caplog.set_level("INFO")
    sender = Sender(spool, link, shown, board, writings, clock)
    link.answers["card_presented"] = [
        lambda kwargs: [pushed(kwargs["events"][0], status="stale", message="too long ago")]
    ]
    spool.append(card("a"))
    sender.step()
    assert shown.texts == []
    assert "too long ago" in caplog.text
