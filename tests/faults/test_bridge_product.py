"""The bridge as a shop uses it: cards written from the screen, badges that leave, bad networks.

Real daemon, real pcscd, virtual cards; the ERP is a fake one that fails on command. How many cards
come while the network breaks: ``CARD_CUTS`` (6); at how many commands of a write the card is
pulled: ``CARD_PULLS`` (2, 0 for all).
"""

import json
import os
import random
import sqlite3
import threading
import time

import pytest

from dev.pcsc import Pcscd
from reader_bridge.cards.detect import read_credential
from reader_bridge.credential import make_token
from tests.kit.bridge_rig import Rig
from tests.kit.channel import DirectChannel
from tests.kit.insertion import Insertion
from tests.kit.virtual_card import blank, load, save

CUTS = int(os.environ.get("CARD_CUTS", "6"))
PULLS = int(os.environ.get("CARD_PULLS", "2"))
WRITES = (b"\xff\xd6", b"\x00\xd6")
TOKEN = make_token(bytes(range(16)))


@pytest.fixture(scope="module")
def pcscd():
    pcscd = Pcscd("bridge-product")
    pcscd.start()
    yield pcscd
    pcscd.stop()


@pytest.fixture
def rig(tmp_path, pcscd):
    pcscd.start()
    with Rig(tmp_path, pcscd) as rig:
        yield rig


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.json"
    save(path, blank("type2"))
    return path


def job(rig):
    (only,) = rig.erp.jobs.values()
    return only


def content(image):
    return bytes.fromhex(load(image)["memory"])


def written(rig):
    rig.until(lambda: rig.erp.jobs and job(rig)["state"] == "done", "the card is confirmed")


@pytest.mark.parametrize("kind", ["type2", "type4", "chip"])
def test_as05_a_card_asked_for_on_the_screen_is_written_read_back_and_confirmed(
    rig, tmp_path, kind
):
    image = tmp_path / "new.json"
    save(image, blank(kind))
    rig.erp.wanted = "10001"
    rig.start()
    rig.insert(image)
    written(rig)
    assert content(image).count(job(rig)["holds"].encode()) == 1
    assert b"10001" not in content(image)
    assert rig.erp.calls["card_presented"] == 1, "what is written is nobody's visit"
    rig.said("Card 10001 is ready")
    assert job(rig)["token"] not in rig.log


def test_as05_an_answer_that_got_lost_is_asked_again_and_the_last_token_counts(rig, image):
    lost = iter([True, False])
    rig.erp.after = lambda method: (
        (0, None) if method == "card_presented" and next(lost, False) else None
    )
    rig.erp.wanted = "10001"
    rig.start()
    rig.insert(image)
    written(rig)
    assert len(job(rig)["tries"]) == 2
    assert job(rig)["holds"] == job(rig)["tries"][1]
    assert job(rig)["holds"].encode() in content(image)


def test_as05_a_bridge_killed_before_the_confirmation_confirms_after_its_restart(rig, image):
    rig.erp.before = lambda method: (503, {}) if method == "confirm" else None
    rig.erp.wanted = "10001"
    rig.start()
    rig.insert(image)
    rig.until(lambda: rig.erp.calls["confirm"], "the card is written")
    rig.crash()
    rig.erp.before = lambda _method: None
    rig.start()
    written(rig)
    assert job(rig)["holds"].encode() in content(image)


def test_as05_a_bridge_killed_before_it_noted_the_written_card_heals_at_the_next_insert(rig, image):
    rig.erp.before = lambda method: (503, {}) if method == "confirm" else None
    rig.erp.wanted = "10001"
    rig.start()
    rig.insert(image)
    rig.until(lambda: rig.erp.calls["confirm"], "the card is written")
    rig.crash()
    with sqlite3.connect(rig.folder / "spool.sqlite") as spool:
        assert spool.execute("DELETE FROM writing").rowcount == 1  # as if it had died earlier
    spool.close()
    rig.erp.before = lambda _method: None
    rig.start()
    assert job(rig)["state"] == "open", "written, and nobody knows it"
    rig.remove()
    rig.insert(image)
    written(rig)
    assert job(rig)["holds"].encode() in content(image)


class Pulled(Insertion):
    """Leaves the reader at the n-th command that writes."""

    left = 0

    def _reply(self, message):
        if message[:2] in WRITES:
            self.left -= 1
            if self.left < 0:
                self.close()
                return None
        return super()._reply(message)


def pull_points():
    """A card of type 2 takes a dozen writes for one token."""
    every = range(12)
    return every if PULLS == 0 else sorted(random.Random(5).sample(every, PULLS))


@pytest.mark.parametrize("at", pull_points())
def test_as05_a_card_pulled_in_the_middle_is_told_and_written_when_it_is_put_back(rig, image, at):
    rig.erp.wanted = "10001"
    rig.start()
    card = Pulled(rig.pcscd.port, image)
    card.left = at
    rig.insert(card)
    rig.until(lambda: rig.erp.failures, "the ERP hears that nothing was written")
    assert "taken away too early" in rig.erp.failures[0]
    left = read_credential(DirectChannel(load(image)))
    assert left.kind == "uid", "what is not confirmed is empty, and looks so"
    rig.remove()
    rig.insert(image)
    written(rig)
    assert job(rig)["holds"].encode() in content(image)


def test_ax24_a_badge_that_leaves_is_told_within_a_second(rig):
    rig.erp.watch = True
    rig.start()
    rig.insert(blank("chip", token=TOKEN))
    rig.heard(1)
    key = rig.erp.events[0]["key"]
    rig.until(lambda: rig.status()["spool_depth"] == 0, "the answer has arrived")
    assert rig.erp.removed == []
    rig.remove()
    rig.until(lambda: rig.erp.removed == [key], "the ERP hears it", 1.5)


def test_a_network_that_breaks_at_random_loses_doubles_and_reorders_nothing(rig):
    """Calls cut before and after the commit, and an ERP that restarts, while cards come."""
    chance = random.Random(11)

    def trouble(share):
        return lambda _method: (0, None) if chance.random() < share else None

    rig.start()
    rig.erp.before, rig.erp.after = trouble(0.25), trouble(0.25)
    tokens = [make_token(number.to_bytes(16)) for number in range(CUTS)]
    for number, token in enumerate(tokens):
        away = number % 3 == 1
        if away:
            rig.erp.stop()
        rig.insert(blank("chip", token=token))
        rig.until(
            lambda n=number: rig.status().get("counts", {}).get("card", 0) > n, "it is on disk"
        )
        rig.remove()
        if away:
            back = threading.Timer(0.2, rig.erp.start)
            back.start()
            back.join()
    rig.erp.before = rig.erp.after = lambda _method: None
    rig.heard(CUTS, 40)
    rig.until(lambda: rig.status()["spool_depth"] == 0, "all are answered", 40)
    assert rig.erp.values() == tokens


def test_a_simulated_card_goes_through_the_running_bridge_at_once(rig):
    rig.start()
    began_s = time.monotonic()
    with rig.run("simulate", "--number", "10001") as simulating:
        said = simulating.stdout.read()
        assert simulating.wait(20) == 0, said
    assert "pushed: Card 1" in said
    assert rig.erp.events[0]["reader"] == "simulated"
    assert time.monotonic() - began_s < 5
    rig.said("Card 1")


def test_status_is_for_people_and_programs(rig):
    rig.start()
    with rig.run("status", "--json") as asking:
        facts = json.loads(asking.stdout.read())
    assert facts["ok"]
    assert set(facts["readers"].values()) == {"ready"}
    assert set(facts["sources"].values()) == {"pcsc"}
    rig.crash()
    with rig.run("status") as asking:
        assert "No bridge answers" in asking.stdout.read()
        assert asking.wait(10) == 2
