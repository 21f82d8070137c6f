"""Two cards with the same answer to reset, one put in the moment the other is out."""

import subprocess
import sys
import threading
import time

import pytest

from dev.pcsc import EventPcscd
from reader_bridge.credential import make_token
from tests.kit.bridge_rig import Rig
from tests.kit.insertion import Insertion
from tests.kit.virtual_card import blank

SWAPS = 40
TOKENS = [make_token(bytes((number,)) * 16) for number in range(SWAPS)]


@pytest.fixture
def rig(tmp_path):
    pcscd = EventPcscd("bridge-swaps")
    pcscd.start()
    with Rig(tmp_path, pcscd) as rig:
        rig.start(ready=False)
        rig.until(lambda: rig.status()["ok"], "the bridge runs")
        yield rig
    pcscd.stop()


def put_in(rig, number):
    card = Insertion(rig.pcscd.slot(), blank("type2", token=TOKENS[number]))
    card.open()
    threading.Thread(target=card.serve, daemon=True).start()
    return card


def counted(rig):
    """Ask pcscd itself how many insertions there were."""
    script = (
        "from smartcard import scard as s; context = s.SCardEstablishContext(0)[1];"
        "(_, state, _), = s.SCardGetStatusChange(context, 0, [('Event Reader 00 00', 0)])[1];"
        "print((state >> 16) // 2)"
    )
    argv = [sys.executable, "-c", script]
    return int(subprocess.run(argv, env=rig.environment, capture_output=True, check=True).stdout)


@pytest.mark.parametrize("is_read", [True, False])
def test_every_swap_is_an_insertion_of_the_right_card(rig, is_read):
    """As many rows as pcscd has counted, in the right order, none taken for another one.

    :param is_read: whether each card stays until it was read, or is gone at once
    """
    card = None
    for number in range(SWAPS):
        if card is not None:
            card.close()
        card = put_in(rig, number)
        assert card.noticed.wait(5)
        if is_read:
            rig.heard(number + 1)
    time.sleep(0.1)
    card.close()
    time.sleep(0.1)
    count = counted(rig)
    assert count >= SWAPS * 0.9
    rig.heard(count)
    time.sleep(0.3)
    assert len(rig.erp.events) == count
    read = [TOKENS.index(event["value"]) for event in rig.erp.events if event["value"]]
    assert read == sorted(set(read))
    assert not is_read or len(read) == SWAPS
