import socket
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from connector.erp import ErpSettings
from reader_bridge.cards.base import CardGone
from reader_bridge.config import BridgeSettings
from reader_bridge.daemon import Bridge
from reader_bridge.desk import Desk
from reader_bridge.messages import Say
from reader_bridge.policy import Signal
from reader_bridge.readers.base import Inserted, Missed, Removed, Write
from reader_bridge.removals import Removals

INSERTED = Inserted("R", "s1", 1, b"", "insert", 1000.0)


class FakeWorker:
    def __init__(self, name):
        self.name = name
        self.log = []

    def start(self):
        self.log.append("start")

    def put(self, event):
        self.log.append(event)

    def stop(self):
        self.log.append("stop")


@pytest.fixture
def workers():
    return {}


@pytest.fixture
def woken():
    return []


@pytest.fixture
def removals(link, clock):
    return Removals(link, clock, lambda: None)


@pytest.fixture
def desk(spool, board, shown, workers, woken, removals):
    def make(name, _desk):
        workers[name] = FakeWorker(name)
        return workers[name]

    return Desk(spool, board, shown, lambda: woken.append(1), removals, worker=make)


def test_each_reader_has_a_thread_as_long_as_it_is_there(desk, workers, board, caplog):
    desk.readers(["R", "S"])
    desk.card(INSERTED)
    desk.card(Removed("somebody else's"))
    desk.readers(["S"])
    assert workers["R"].log == ["start", INSERTED, "stop"]
    assert board.readers == {"R": "gone", "S": "ready"}
    assert board.say(Say.READER_GONE, reader="R") in caplog.text


def test_a_card_is_written_by_the_thread_of_its_reader(desk, workers):
    desk.readers(["R"])
    answers = []
    job = Write("k1", "K1.X", False, answers.append)
    desk.write("R", job)
    desk.write("S", job)
    assert workers["R"].log == ["start", job]
    assert [type(answer) for answer in answers] == [CardGone]


def test_no_reader_is_one_clear_sentence_in_log_and_status(desk, board, caplog):
    desk.readers([])
    desk.readers([])
    assert board.trouble == {"cards": Say.NO_READER.value}
    assert caplog.text.count(Say.NO_READER.value) == 1
    desk.readers(["R"])
    assert board.trouble == {}


def test_a_lost_card_service_is_told_once_and_taken_back(desk, board, shown, workers, caplog):
    caplog.set_level("INFO")
    desk.service(True, "")
    desk.readers(["R"])
    for _ in range(3):
        desk.service(False, "Service not available")
    assert shown.texts == [board.say(Say.NO_SERVICE, reason="Service not available")]
    assert board.readers == {"R": "gone"}
    assert workers["R"].log[-1] == "stop"
    desk.service(True, "")
    desk.readers(["R"])
    assert board.trouble == {}
    assert board.readers == {"R": "ready"}
    assert Say.SERVICE_BACK.value in caplog.text
    assert Say.READER_GONE.value[:20] not in caplog.text


def test_a_card_is_kept_before_the_sender_is_woken(spool, board, shown, card, removals):
    def wake():
        assert spool.depth() == 1

    Desk(spool, board, shown, wake, removals, worker=FakeWorker).presented(card("a"), INSERTED)
    assert board.readers == {"R": "card"}


def test_the_log_never_shows_a_credential(desk, card, caplog):
    caplog.set_level("DEBUG")
    desk.presented(card("a", "K1.SECRET"), INSERTED)
    assert "Card noted" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_card_reported_before_wakes_nobody(desk, card, woken, caplog):
    caplog.set_level("INFO")
    desk.presented(card("a"), INSERTED)
    desk.presented(card("a"), INSERTED)
    assert len(woken) == 1
    assert "already reported" in caplog.text


def test_an_unreadable_card_is_said_at_once_and_reported(desk, card, shown, spool):
    desk.presented(card("a", "", kind="unreadable"), INSERTED)
    assert [notice.signal for notice in shown.notices] == [Signal.AGAIN]
    assert spool.depth() == 1


def test_a_full_disk_is_told_to_the_seller(board, shown, card, removals):
    class FullSpool:
        def append(self, *_):
            raise sqlite3.OperationalError("database or disk is full")

    Desk(FullSpool(), board, shown, lambda: None, removals, worker=FakeWorker).presented(
        card("a"), INSERTED
    )
    assert "disk is full" in shown.texts[0]
    assert "spool" in board.trouble


def test_a_spool_that_fails_keeps_no_card_and_no_badge_from_being_told(board, shown, card, link):
    """AX-24: taking the badge out logs off, also while the till's disk is full."""

    class FullSpool:
        def removed(self, _reader):
            raise sqlite3.OperationalError("database or disk is full")

        def paused(self):
            raise sqlite3.OperationalError("disk I/O error")

    removals = Removals(link, lambda: 0.0, lambda: None)
    desk = Desk(FullSpool(), board, shown, lambda: None, removals, worker=FakeWorker)
    assert not desk.paused()
    removals.inserted("R", "k1")
    removals.watch("k1")
    desk.removed("R")
    removals.step()
    assert link.asked("card_removed") == [{"key": "k1"}]
    assert board.readers == {"R": "ready"}
    assert "disk is full" in board.trouble["spool"]


def test_a_reader_is_ready_again_when_its_card_has_left(desk, board, card, spool):
    desk.presented(card("a"), INSERTED)
    desk.removed("R")
    assert board.readers == {"R": "ready"}
    assert not spool.seen("R").present


@pytest.fixture
def settings(tmp_path):
    erp = ErpSettings("http://127.0.0.1:9", "db", "till", "secret")
    return BridgeSettings(erp, tmp_path / "s.sqlite", ("*",), "none", "de_DE", 0, 30.0)


@pytest.fixture
def bridge(settings):
    bridge = Bridge(settings, dial=lambda _: None)
    yield bridge
    bridge.spool.close()


def test_the_report_names_what_is_wrong_and_no_person(bridge):
    assert bridge.report()["ok"]
    bridge.board.wrong("cards", bridge.board.say(Say.NO_READER))
    bridge.board.last_answer = "Erika Meier"
    report = bridge.report()
    assert not report["ok"]
    assert report["trouble"]["cards"].startswith("Kein Kartenleser")
    assert "Erika" not in str(report)


def test_a_watcher_that_hangs_is_not_healthy(bridge):
    bridge._looked_at_s -= 11
    assert not bridge.report()["ok"]
    bridge._looked()
    assert bridge.report()["ok"]


def test_a_bridge_told_to_stop_before_it_began_ends_at_once(bridge):
    bridge.stop()
    assert bridge.run()


def test_a_restart_without_the_erp_speaks_the_tills_language(settings, caplog):
    """EX-18: the first line already; before the ERP ever named a language it is English."""
    caplog.set_level("INFO")
    for language, begin in (("", "Reader program"), ("de_DE", "Leserprogramm")):
        caplog.clear()
        bridge = Bridge(replace(settings, language="auto"), dial=lambda _: None)
        if language:
            bridge.spool.remember_language(language)
            bridge.spool.close()
            bridge = Bridge(replace(settings, language="auto"), dial=lambda _: None)
        bridge.stop()
        assert bridge.run()
        bridge.spool.close()
        assert caplog.messages[0].startswith(begin)


def test_a_taken_port_of_the_status_page_keeps_no_card_from_being_read(settings, caplog):
    with socket.create_server(("127.0.0.1", 0)) as other:
        bridge = Bridge(replace(settings, health_port=other.getsockname()[1]), dial=lambda _: None)
        bridge.stop()
        assert bridge.run()
    bridge.spool.close()
    assert "health_port" in caplog.text


def test_nothing_of_the_web_is_loaded_before_the_readers_are_watched():
    """Cold start: these libraries take a third of it."""
    web = {"email.parser", "http.client", "http.server", "odoorpc", "ssl", "urllib.request"}
    script = f"import sys, reader_bridge.cli, reader_bridge.daemon; print({web} & {{*sys.modules}})"
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watcher_that_ends_by_itself_ends_the_bridge_so_that_it_is_restarted(bridge):
    def run(_stop):
        raise RuntimeError("a bug")

    bridge._sources[0].run = run
    assert not bridge.run()


def test_a_missed_card_leaves_the_reader_empty_on_the_board(desk, board, card):
    desk.readers(["R"])
    desk.presented(card("a", "", kind="unreadable"), Missed("R", "s1", 3, 1000.0))
    assert board.readers == {"R": "ready"}
