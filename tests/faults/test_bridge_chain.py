"""The real daemon on a real pcscd with virtual cards, while everything around it fails.

The ERP is a fake one, as the real one cannot be told to break off just after its commit.
"""

import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from dev.pcsc import Pcscd
from reader_bridge.credential import make_token
from tests.kit.bridge_rig import ROOT, Rig
from tests.kit.insertion import Insertion
from tests.kit.virtual_card import blank, save

TOKEN = make_token(bytes(range(16)))
AWAY = "The ERP does not answer. The card is noted"


@pytest.fixture(scope="module")
def pcscd():
    """One of our own, as it gets killed here."""
    pcscd = Pcscd("bridge-faults")
    pcscd.start()
    yield pcscd
    pcscd.stop()


@pytest.fixture
def rig(tmp_path, pcscd):
    pcscd.start()
    with Rig(tmp_path, pcscd) as rig:
        yield rig


def test_hs01_chip_and_rfid_card_take_the_same_path(rig):
    """HS-01 (PC/SC half): inserted or tapped, the ERP hears the same token."""
    rig.start()
    for kind in ("chip", "type2", "type4"):
        rig.insert(blank(kind, token=TOKEN))
        rig.heard(len(rig.erp.events) + 1)
        rig.remove()
    assert {(event["kind"], event["value"]) for event in rig.erp.events} == {("token", TOKEN)}
    assert [event["medium"] for event in rig.erp.events] == ["chip", "rfid", "rfid"]
    assert len({event["key"] for event in rig.erp.events}) == 3
    assert all(event["age_s"] < 2 for event in rig.erp.events)
    rig.said("Card 3")
    assert rig.status()["till"] == "Theke 1"
    assert TOKEN not in rig.log
    rig.said("71 left")


def test_a_bridge_killed_with_a_card_in_the_reader_never_counts_twice(rig):
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.heard(1)
    for _ in range(3):
        rig.crash()
        rig.start()
        rig.until(lambda: "card" in rig.status()["readers"].values(), "the card is seen")
    rig.said("was already reported")
    assert [event["origin"] for event in rig.erp.events] == ["insert"]


def test_a_card_in_the_reader_before_the_bridge_is_found_and_told_once(rig):
    rig.insert(blank("type2", token=TOKEN))
    time.sleep(0.6)
    rig.start()
    rig.heard(1)
    assert [event["origin"] for event in rig.erp.events] == ["found"]


def test_a_bridge_killed_while_the_erp_hangs_tells_the_card_after_its_restart(rig):
    held = threading.Event()
    rig.erp.before = lambda method: held.wait(30) and None if method == "card_presented" else None
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.until(lambda: rig.erp.calls["card_presented"], "the call is under way")
    rig.crash()
    held.set()
    rig.start()
    rig.until(lambda: rig.status()["spool_depth"] == 0, "the ERP has answered")
    assert rig.erp.values() == [TOKEN]


def test_an_erp_that_commits_and_breaks_off_books_the_card_once(rig):
    broken = iter([True, True, False])
    rig.erp.after = lambda method: (
        (0, None) if method == "card_presented" and next(broken, False) else None
    )
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.heard(1)
    rig.until(lambda: rig.status()["spool_depth"] == 0, "the answer has arrived")
    assert rig.erp.calls["card_presented"] == 3
    assert rig.erp.values() == [TOKEN]
    assert AWAY in rig.log


def test_an_erp_that_is_down_is_said_at_once_and_gets_every_card_in_order_later(rig):
    tokens = [make_token(bytes((number,)) * 16) for number in range(3)]
    rig.start()
    rig.erp.stop()
    down_s = time.monotonic()
    for number, token in enumerate(tokens):
        rig.insert(blank("chip", token=token))
        rig.until(lambda n=number: rig.log.count(AWAY) == n + 1, "the seller is told", 3)
        rig.remove()
    assert not rig.status()["ok"]
    assert "does not answer" in rig.status()["trouble"]["erp"]
    time.sleep(max(0.0, 5 - (time.monotonic() - down_s)))
    rig.erp.start()
    rig.heard(3, 15)
    assert rig.erp.values() == tokens
    rig.until(lambda: rig.status()["ok"], "all is well again")
    assert all(event["age_s"] > 1 for event in rig.erp.events)


def test_a_wrong_key_is_one_clear_sentence_and_keeps_the_card(rig):
    denied = {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
    rig.erp.before = lambda _: (401, denied)
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.said("does not let this till in")
    assert rig.status()["spool_depth"] == 1
    assert rig.log.count("does not let this till in") == 1
    assert "secret" not in rig.log.replace("'secret' points to", "")


@pytest.mark.parametrize(
    "answer", [(500, "rubbish"), (200, "rubbish"), (200, []), (502, None), (404, {})]
)
def test_an_erp_that_talks_rubbish_for_a_while_loses_no_card(rig, answer):
    answers = iter([answer, answer])
    rig.erp.before = lambda method: next(answers, None) if method == "card_presented" else None
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.heard(1)
    assert rig.erp.values() == [TOKEN]


def test_a_card_the_erp_cannot_take_does_not_hold_up_the_next_one(rig):
    bad = {"name": "odoo.exceptions.ValidationError", "message": "No such thing"}
    answers = iter([(422, bad)])
    rig.erp.before = lambda method: next(answers, None) if method == "card_presented" else None
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.said("cannot take the card at Virtual PCD 00 00: No such thing")
    rig.remove()
    rig.insert(blank("type2", uid="04A1B2C3D4E5F6"))
    rig.heard(1)
    assert rig.erp.values() == ["04A1B2C3D4E5F6"]


def test_pcscd_killed_and_started_again_is_said_and_survived(rig):
    rig.start()
    rig.pcscd.kill()
    rig.said("smart card service of this computer does not answer")
    assert set(rig.status()["readers"].values()) == {"gone"}
    rig.pcscd.start()
    rig.said("smart card service answers again")
    rig.until(lambda: rig.status()["ok"], "the readers are back")
    rig.insert(blank("chip", token=TOKEN))
    rig.heard(1)
    assert rig.log.count("does not answer") == 1


def test_pcscd_absent_at_the_start_is_waited_for(rig):
    rig.pcscd.stop()
    rig.start(ready=False)
    rig.said("smart card service of this computer does not answer")
    rig.pcscd.start()
    rig.until(lambda: rig.status()["ok"], "the readers are there")
    rig.insert(blank("chip", token=TOKEN))
    rig.heard(1)


def test_a_card_that_answers_nothing_sensible_is_never_silent(rig):
    rig.start()
    image = blank("chip")
    card = Insertion(rig.pcscd.port, image)
    card.card.answer = lambda _: b"\x6f\x00"
    rig.insert(card)
    rig.heard(1)
    assert rig.erp.events[0]["kind"] == "unreadable"
    rig.said("could not be read. Please put it in again")


def test_the_bridge_speaks_the_tills_language(rig):
    rig.erp.language = "de_DE"
    rig.start()
    rig.until(lambda: rig.erp.beats, "the heartbeat")
    rig.until(lambda: rig.status()["till"], "its answer")
    rig.pcscd.kill()
    rig.said("Der Smartcard-Dienst dieses Rechners antwortet nicht")
    rig.crash()
    rig.erp.stop()
    rig.pcscd.start()
    before = len(rig.log)
    rig.start()
    rig.said("Warte auf Karten an")
    assert "Leserprogramm" in rig.log[before:].splitlines()[0]


_OTHER_PROGRAM = """
import sys, time
from smartcard.scard import *
_, context = SCardEstablishContext(SCARD_SCOPE_USER)
reader = next(name for name in SCardListReaders(context, [])[1] if name.endswith("00 00"))
share = SCARD_SHARE_EXCLUSIVE if sys.argv[1] == "exclusive" else SCARD_SHARE_SHARED
result, card, _ = SCardConnect(context, reader, share, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
result = result or (0 if sys.argv[1] == "exclusive" else SCardBeginTransaction(card))
print("holds" if result == 0 else result, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["exclusive", "transaction"])
def test_another_program_that_keeps_the_card_is_named_and_waited_for(rig, how):
    """odoo-as-used 15: the cause is told while it lasts, the card is read when it is free."""
    rig.insert(blank("type4", token=TOKEN))
    time.sleep(0.6)
    command = [sys.executable, "-c", _OTHER_PROGRAM, how]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=rig.environment, text=True, **pipes) as other:
        assert other.stdout.readline() == "holds\n"
        rig.start()
        rig.said("keeps the card in")
        assert "busy" in rig.status()["readers"].values()
        rig.until(lambda: "busy" in str(rig.erp.beats), "the ERP hears of it")
        time.sleep(3)
        assert not rig.erp.events
        other.stdin.close()
        rig.heard(1)
    assert rig.erp.values() == [TOKEN]
    assert rig.erp.events[0]["age_s"] < 2
    assert "busy" not in rig.status()["readers"].values()
    assert rig.log.count("keeps the card in") == 1
    assert not rig.status()["trouble"]


def test_the_health_page_is_for_this_computer_only(rig):
    rig.start()
    assert rig.status()["ok"]
    for url, host, code in (
        (rig.health, "evil.example", 403),
        (rig.health, "127.0.0.1:1", 403),
        (rig.health.replace("healthz", "spool"), None, 404),
    ):
        request = urllib.request.Request(url, headers={"Host": host} if host else {})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)
        assert refused.value.code == code
        refused.value.close()


def test_told_to_stop_the_bridge_ends_cleanly_and_soon(rig):
    rig.start()
    begun_s = time.monotonic()
    assert rig.crash(signal.SIGTERM) == 0
    assert time.monotonic() - begun_s < 1.5


def test_ap03_a_card_written_at_the_till_holds_the_token_only(rig, tmp_path):
    """AP-03: the image of the written card holds the token that the ERP gave out, and no text more.

    Meanwhile the daemon looks away: a card being written is nobody's visit.
    """
    image = tmp_path / "new.json"
    save(image, blank("type2"))
    rig.start()
    with rig.run("write-card", "10001") as writing:
        line = writing.stdout.readline()
        assert "number 10001" in line
        rig.insert(image)
        said = writing.stdout.read()
        assert writing.wait(20) == 0, said
    assert "Card 10001 is ready" in said
    (job,) = rig.erp.jobs.values()
    assert job["state"] == "done"
    dump = bytes.fromhex(rig._card.card.image["memory"])
    assert dump.count(job["token"].encode()) == 1
    assert b"10001" not in dump
    assert rig.erp.events == []


def test_a_card_pulled_while_it_is_written_is_empty_and_can_be_put_back(rig, tmp_path):
    image = tmp_path / "torn.json"
    save(image, blank("type4"))

    class Pulled(Insertion):
        def _reply(self, message):
            writes = [command for command in self.commands if command[:2] == b"\x00\xd6"]
            if len(writes) < 2:
                return super()._reply(message)
            self.close()
            return None

    with rig.run("write-card", "10001") as writing:
        writing.stdout.readline()
        card = rig.insert(Pulled(rig.pcscd.port, image))
        while "Put it back" not in (line := writing.stdout.readline()):
            assert line, "it ended too early"
        assert blank("type4")["memory"][:4] == card.card.image["memory"][:4]
        time.sleep(0.6)
        rig.insert(image)
        said = writing.stdout.read()
        assert writing.wait(20) == 0, said


def test_a_card_put_in_from_the_shell_stays_until_it_is_replaced_or_removed(rig, tmp_path):
    rig.start()
    present = [sys.executable, "-m", "tests.kit.present"]
    slot = ["--port", str(rig.pcscd.port)]
    images = [tmp_path / "a.json", tmp_path / "b.json"]
    tokens = [make_token(bytes((number,)) * 16) for number in range(2)]
    for image, token in zip(images, tokens, strict=True):
        make = ["blank", "--image", str(image), "--kind", "chip", "--token", token]
        subprocess.run([*present, *make], cwd=ROOT, check=True)
    running = []
    for number, image in enumerate(images):
        put = [*present, "insert", *slot, "--image", str(image)]
        running.append(subprocess.Popen(put, cwd=ROOT))
        rig.heard(number + 1)
    assert running[0].wait(5) == 0
    assert running[1].poll() is None
    subprocess.run([*present, "remove", *slot], cwd=ROOT, check=True)
    assert running[1].wait(5) == 0
    rig.until(lambda: "card" not in rig.status()["readers"].values(), "the reader is empty")
    assert rig.erp.values() == tokens
