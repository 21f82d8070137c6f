import json
import logging
import os
import socket

import pytest

from reader_bridge.cli import main
from reader_bridge.events import Credential, insertion_key
from reader_bridge.keyfile import Access
from reader_bridge.link import Link
from reader_bridge.policy import LogPolicy, Notice, NullPolicy, Signal, signal_of
from reader_bridge.systemd import notify


def test_an_insertion_is_named_by_service_reader_and_count():
    names = {
        insertion_key(*parts)
        for parts in (("s", "R", 1), ("s", "R", 2), ("s", "S", 1), ("t", "R", 1))
    }
    assert len(names) == 4
    assert insertion_key("s", "R", 1) == insertion_key("s", "R", 1)


def test_a_fingerprint_tells_cards_apart_without_telling_them():
    first, second = Credential("token", "K1.A", "chip"), Credential("token", "K1.B", "chip")
    assert first.fingerprint != second.fingerprint
    assert "K1.A" not in first.fingerprint
    assert Credential("unreadable", "", "chip").fingerprint == ""


@pytest.mark.parametrize(
    ("status", "signal"),
    [
        ("pushed", Signal.GOOD),
        ("identified", Signal.GOOD),
        ("unreadable", Signal.AGAIN),
        ("no_screen", Signal.TROUBLE),
        ("refused", Signal.REFUSED),
        ("something new", Signal.REFUSED),
    ],
)
def test_every_answer_has_a_shade(status, signal):
    assert signal_of(status) is signal


def test_the_log_policy_warns_where_somebody_has_to_act(caplog):
    caplog.set_level("INFO")
    LogPolicy().show(Notice(Signal.GOOD, "fine"))
    LogPolicy().show(Notice(Signal.REFUSED, "100 % no"))
    NullPolicy().show(Notice(Signal.REFUSED, "silent"))
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.INFO, "fine"),
        (logging.WARNING, "100 % no"),
    ]


def test_a_line_to_the_erp_is_opened_when_needed_and_anew_after_an_error():
    opened = []

    class Erp:
        def call(self, model, method, **kwargs):
            if method == "fail":
                raise RuntimeError
            return model, method, kwargs

    def dial(settings):
        opened.append(settings)
        return Erp()

    link = Link(Access("settings"), dial)
    assert opened == []
    assert link.till("heartbeat", info=1) == ("customer.till", "heartbeat", {"info": 1})
    assert link.encoding("reserve")[0] == "customer.card.encoding"
    with pytest.raises(RuntimeError):
        link.till("fail")
    link.till("heartbeat")
    assert opened == ["settings"] * 2


def test_systemd_is_told_if_it_listens(tmp_path, monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "n"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        notify("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0bridge-test-{os.getpid()}")
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@bridge-test-{os.getpid()}")
        notify("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_a_settings_file_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert main(["run", "--config", str(tmp_path / "none.yaml")]) == 1
    assert str(tmp_path / "none.yaml") in capsys.readouterr().err


def test_status_without_a_bridge_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("K", "x")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = tmp_path / "bridge.yaml"
    config.write_text(
        "erp: {url: 'http://e', database: d, login: l, secret: 'env:K'}\n"
        f"health_port: {port}\nlanguage: de_DE\n"
    )
    assert main(["status", "--config", str(config)]) == 2
    assert "antwortet kein Leserprogramm" in capsys.readouterr().out
    assert main(["status", "--json", "--config", str(config)]) == 2
    assert json.loads(capsys.readouterr().out) == {"ok": False, "running": False}
