"""``status``, ``simulate`` and ``/metrics``: what a shop, a tester and Prometheus see."""

import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from connector.erp import ErpSettings
from reader_bridge import metrics, simulate, status
from reader_bridge.config import BridgeSettings
from reader_bridge.credential import make_token
from reader_bridge.health import Health
from reader_bridge.messages import Say, Translator
from reader_bridge.report import report
from reader_bridge.spool import Spool
from tests.kit.fake_erp import FakeErp

SAMPLE = re.compile(
    r'^customer_card_bridge_\w+(\{(\w+="([^"\\\n]|\\.)*",?)+\})? -?[0-9.]+(e-?\d+)?$'
)


@pytest.fixture
def woken():
    return threading.Event()


@pytest.fixture
def facts(board, spool):
    board.reader('ACR "1252"', "ready", "pcsc", ("chip", "rfid"))
    board.reader("ttyACM0", "gone", "serial", ("qr",))
    board.till, board.screen = "Theke 1", True
    board.count("answer pushed")
    board.answered(10.0, 10.5)
    return lambda: report(board, spool, 0.5, 10.0)


@pytest.fixture
def health(facts, woken):
    health = Health(facts, 0, woken.set)
    health.start()
    yield health
    health.stop()


def ask(health, path, method="GET", **headers):
    request = urllib.request.Request(
        f"http://127.0.0.1:{health.port}{path}", method=method, headers=headers
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_prometheus_gets_text_it_can_read(health):
    code, text = ask(health, "/metrics")
    assert code == 200
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.match(line) for line in samples), samples
    assert "customer_card_bridge_ok 1" in samples
    assert 'customer_card_bridge_reader_ready{reader="ttyACM0",source="serial"} 0' in samples
    assert 'customer_card_bridge_events_total{event="answer pushed"} 1' in samples
    assert "customer_card_bridge_erp_call_seconds_sum 0.5" in samples


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_a_page_from_the_internet_sees_nothing(health, path):
    code, text = ask(health, path, Host=f"evil.example.com:{health.port}")
    assert (code, json.loads(text)) == (403, {"error": "ask for 127.0.0.1"})


def test_waking_is_all_a_post_can_do(health, woken):
    assert ask(health, "/healthz", "POST")[0] == 404
    assert ask(health, "/wake", "GET")[0] == 404
    assert not woken.is_set()
    assert ask(health, "/wake", "POST")[0] == 200
    assert woken.is_set()


def test_status_speaks_to_people_in_the_tills_language(health, board):
    board.say = Translator("de_DE")
    lines = []
    assert status.show(health.port, "auto", False, lines.append) == 0
    assert lines[0] == "Kasse Theke 1, Leserprogramm 1.0.0."
    assert 'Leser ACR "1252": bereit, liest chip, rfid.' in lines
    assert "Leser ttyACM0: getrennt." in lines
    assert "Ein Bildschirm ist gekoppelt." in lines


def test_status_for_programs_is_one_json_object(health, board):
    board.wrong("erp", "The ERP does not answer.")
    lines = []
    assert status.show(health.port, "auto", True, lines.append) == 1
    facts = json.loads(lines[0])
    assert facts["running"]
    assert facts["trouble"] == {"erp": "The ERP does not answer."}


@pytest.fixture
def erp():
    erp = FakeErp().start()
    yield erp
    erp.stop()


@pytest.fixture
def settings(erp, tmp_path):
    access = ErpSettings(f"http://127.0.0.1:{erp.port}", "fake", "till", "secret")
    return BridgeSettings(access, tmp_path / "s.sqlite", ("*",), "none", "en", 0, 20.0)


TOKEN = make_token(bytes(16))


@pytest.mark.parametrize(
    ("kind", "text", "seen"),
    [
        ("token", TOKEN.lower(), ("token", TOKEN, "chip")),
        ("uid", "04 a1 b2 c3", ("uid", "04A1B2C3", "rfid")),
        ("number", " 10001 ", ("number", "10001", "qr")),
        ("qr", f"https://card.example.com/{TOKEN}", ("token", TOKEN, "qr")),
        ("qr", f"{TOKEN[:-1]}_", ("unreadable", "", "qr")),
        ("qr", "4006381333931", ("number", "4006381333931", "qr")),
    ],
)
def test_a_simulated_card_arrives_like_a_real_one(settings, erp, kind, text, seen):
    say = Translator("en")
    lines = []
    card = simulate.credential(kind, text, say)
    assert simulate.present(settings, card, say, lines.append)
    (event,) = erp.events
    assert (event["kind"], event["value"], event["medium"]) == seen
    assert event["reader"] == "simulated"
    assert lines[-1] == ("unreadable" if seen[0] == "unreadable" else "pushed") + ": Card 1"


@pytest.mark.parametrize(("kind", "text"), [("token", "K1.NONSENSE"), ("uid", "XYZ")])
def test_what_no_reader_could_read_is_refused(kind, text):
    with pytest.raises(ValueError, match=text):
        simulate.credential(kind, text, Translator("en"))


def test_with_the_erp_away_a_simulated_card_waits_in_the_spool(settings, erp):
    erp.stop()
    say = Translator("en")
    lines = []
    card = simulate.credential("number", "10001", say)
    assert not simulate.present(settings, card, say, lines.append, patience_s=0.1)
    assert "waits in the spool" in lines[-1]
    spool = Spool(settings.spool)
    assert spool.depth() == 1
    spool.close()


def test_the_number_of_an_own_card_opens_nothing_and_simulate_says_what_does(settings, erp):
    """Numbers can be guessed; the sentence names the options that work."""
    erp.status = "unknown"
    say = Translator("en")
    lines = []
    assert simulate.present(
        settings, simulate.credential("number", "10001", say), say, lines.append
    )
    assert lines[-1] == say(Say.SIMULATED_NUMBER)


def test_metrics_leave_out_what_is_not_known(facts, board):
    board.erp_ok_s = None
    assert "erp_ok_age_s" not in metrics.render(facts())


def raw(health, *pieces, pause_s=0.0):
    """Send bytes as they are and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", health.port), timeout=10) as line:
        for piece in pieces:
            time.sleep(pause_s)
            try:
                line.sendall(piece)
            except OSError:
                break
        answer = b""
        try:
            while more := line.recv(4096):
                answer += more
        except OSError:
            pass
        return answer


def threads():
    return sum("process_request_thread" in one.name for one in threading.enumerate())


def test_half_open_connections_cost_few_threads_and_end(facts, monkeypatch):
    """300 of them were 300 threads, for ever."""
    monkeypatch.setattr("reader_bridge.health._PATIENCE_S", 3)
    monkeypatch.setattr("reader_bridge.health._MOST_AT_ONCE", 3)
    health = Health(facts, 0)
    health.start()
    lines, most = [], 0
    for _one in range(12):
        lines.append(socket.create_connection(("127.0.0.1", health.port)))
        time.sleep(0.02)
        most = max(most, threads())
    assert most == 3
    deadline = time.monotonic() + 30
    while threads() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threads() == 0
    assert ask(health, "/healthz")[0] == 200
    for line in lines:
        line.close()
    health.stop()


def test_a_slow_question_is_not_waited_for(health, monkeypatch):
    """A byte now and then keeps nobody busy."""
    monkeypatch.setattr("reader_bridge.health._PATIENCE_S", 0.3)
    began_s = time.monotonic()
    assert raw(health, *[b"G"] * 20, pause_s=0.1) == b""
    assert time.monotonic() - began_s < 3


def test_a_long_head_is_cut(health):
    host = f"Host: 127.0.0.1:{health.port}\r\n".encode()
    begin = b"GET /healthz HTTP/1.1\r\n"
    assert b" 200 " in raw(health, begin + host + b"\r\n")
    assert b" 200 " not in raw(health, begin + b"X: " + b"x" * 9000 + b"\r\n" + host + b"\r\n")
    assert b" 200 " not in raw(health, b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n")
    assert ask(health, "/healthz")[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://127.0.0.1"])
def test_no_page_asks_or_wakes(health, woken, origin):
    assert ask(health, "/healthz", Origin=origin)[0] == 403
    assert ask(health, "/wake", "POST", Origin=origin)[0] == 403
    assert not woken.is_set()
