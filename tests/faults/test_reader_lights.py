"""Lights and beeps of a real pcscd's reader: green when the ERP knows the card, else red."""

import time

import pytest

from dev.pcsc import EventPcscd
from reader_bridge.credential import make_token
from tests.kit.bridge_rig import Rig
from tests.kit.insertion import Insertion
from tests.kit.virtual_card import blank

TOKEN = make_token(bytes(range(16)))
GREEN, RED = "FF0040A00401000101", "FF0040500401010201"


@pytest.fixture
def pcscd():
    pcscd = EventPcscd("bridge-lights", ("ACS ACR122U PICC Interface",))
    pcscd.start()
    yield pcscd
    pcscd.stop()


def test_the_reader_shows_what_the_erp_said(tmp_path, pcscd):
    escapes = pcscd.slot().with_name("slot-0.escapes")
    escapes.unlink(missing_ok=True)
    with Rig(tmp_path, pcscd) as rig:
        rig.config.write_text(rig.config.read_text() + "policy: lights\n")
        rig.start(ready=False)
        rig.until(lambda: rig.status()["ok"], "the bridge runs")
        rig.insert(Insertion(pcscd.slot(), blank("type2", token=TOKEN)))
        rig.until(lambda: escapes.exists() and GREEN in escapes.read_text(), "green")
        rig.remove()
        damaged = Insertion(pcscd.slot(), blank("chip"))
        damaged.card.answer = lambda _: b"\x6f\x00"
        began = time.monotonic()
        rig.insert(damaged)
        rig.heard(2)
        assert time.monotonic() - began < 1.0
        rig.until(lambda: RED in escapes.read_text(), "red, twice")
