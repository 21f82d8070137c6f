"""Cards all day long while everything around them is killed.

The long run, with its figures:
``CARD_INSERTS=1000 .dev/venv/bin/python -m pytest -s tests/faults/test_bridge_chaos.py``
"""

import os
import random
import socket
import subprocess
import sys
import time

import pytest

from dev.pcsc import EventPcscd
from reader_bridge.credential import make_token
from tests.kit.bridge_rig import ROOT, Rig
from tests.kit.chaos import Chaos, Insert, judge
from tests.kit.killable_erp import booked
from tests.kit.virtual_card import blank

INSERTS = int(os.environ.get("CARD_INSERTS", "200"))
SEED = int(os.environ.get("CARD_SEED", "5"))


@pytest.fixture
def pcscd():
    pcscd = EventPcscd("bridge-chaos")
    pcscd.start()
    yield pcscd
    pcscd.stop()


class FakeErpProcess:
    """The fake ERP, started again after each kill."""

    def __init__(self, folder):
        self.file = folder / "erp.sqlite"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._start()

    @property
    def target(self):
        url = f"http://127.0.0.1:{self.port}"
        return {"url": url, "database": "fake", "login": "till", "secret": "env:TILL_KEY"}

    def _start(self):
        argv = [sys.executable, "-m", "tests.kit.killable_erp", str(self.port), str(self.file)]
        self._process = subprocess.Popen(argv, cwd=ROOT)

    def stop(self):
        self._process.kill()
        self._process.wait()

    def kill(self):
        self.stop()
        time.sleep(0.3)
        self._start()


@pytest.fixture
def erp(tmp_path):
    erp = FakeErpProcess(tmp_path)
    yield erp
    erp.stop()


def test_cards_all_day_while_everything_is_killed(tmp_path, pcscd, erp):
    """No insertion lost, doubled or invented; one that could not be read is a row, too."""
    tokens = [make_token(bytes((number,)) * 16) for number in range(7)]
    kinds = ("chip", "type2", "type4", "sle4442")
    images = [blank(kinds[number % 4], token=token) for number, token in enumerate(tokens)]
    with Rig(tmp_path, pcscd, erp.target) as rig:
        rig.start(ready=False)
        rig.until(lambda: rig.status()["ok"], "the bridge runs")
        chaos = Chaos(rig, erp.kill, images, random.Random(SEED))
        chaos.run(INSERTS)
        time.sleep(0.3)
        rows = [tokens.index(row["value"]) if row["value"] else None for row in booked(erp.file)]
        verdict = judge(chaos.inserts, rows)
    print(f"\n{chaos.figures(verdict)}")  # noqa: T201
    assert not verdict.strange, "\n".join([*verdict.strange, *sorted(chaos.story)])
    assert verdict.read > len(chaos.inserts) / 3
    assert max(chaos.recovered_s) < 5


@pytest.mark.parametrize(
    ("rows", "strange"),
    [
        ([0, 1, 2], 0),
        ([0, None, 2], 0),
        ([0, None, 1, 2], 0),
        ([0, 1, None, 2], 0),
        ([0, 1, None, None], 0),
        ([0, None, 1, None, 2], 1),
        ([0, 2], 1),
        ([0, 1, 1, 2], 1),
        ([0, 1, 2, None], 1),
        ([None, 0, 1, 2], 1),
        ([0, 1], 1),
        ([], 1),
    ],
)
def test_the_judge_sees_what_is_lost_doubled_or_invented(rows, strange):
    inserts = [Insert(0), Insert(1, shaken=1), Insert(2)]
    assert bool(judge(inserts, rows).strange) is bool(strange)
