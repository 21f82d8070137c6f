"""The same cards in the same reader, read by the programs of others."""

import contextlib
import os
import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Row
from bench.plain import PlainScript, timed
from bench.reader import CardReader, Stamps
from bench.shop import Card
from bench.till.cards import APART_S, WARM_UPS
from bench.till.rig import Till
from dev import process
from dev.paths import ROOT, VENV
from dev.say import Trouble

MISSED_S = 2.0
NAMES = {"monitor": "pyscard's CardMonitor", "script": "a script, call by call"}


def measure(
    till: Till, folder: Path, cards: Sequence[Card], plain: PlainScript, count: int
) -> list[Row]:
    """Return for each of them when the card was read, and for the script the ERP's answer, too.

    The till's own bridge rests meanwhile.
    """
    process.stop(till.process)
    rows = []
    for how, name in NAMES.items():
        read_s, asked_s = _read(till, folder / f"{how}.jsonl", how, cards, plain, count)
        rows.append(Row(f"  {name}: insert → card read", read_s, lost=count - len(read_s)))
        whole = [read + asked for read, asked in zip(read_s, asked_s, strict=True)]
        rows.append(Row(f"  {name}, then odoorpc: → answer", whole))
    till.start()
    return rows


def _read(
    till: Till, path: Path, how: str, cards: Sequence[Card], plain: PlainScript, count: int
) -> tuple[list[float], list[float]]:
    stamps = Stamps(path)
    reader = CardReader(till.pcscd.slot(0), stamps)
    argv = [VENV / "bin/python", "-m", "bench.till.others", how, path]
    other = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **till.pcscd.env})
    read_s, asked_s = [], []
    try:
        stamps.wait_for("ready")
        for number in range(WARM_UPS + count):
            card = cards[number % len(cards)]
            time.sleep(0.05 + random.random() * APART_S)
            inserted = reader.insert(card.token)
            with contextlib.suppress(Trouble):  # it missed the card, as they do now and then
                read = stamps.wait_for("known", patience_s=MISSED_S)["at"] - inserted
                asked = timed(plain.look_up, card)[0]
                if number >= WARM_UPS:
                    read_s.append(read)
                    asked_s.append(asked)
            reader.let_go()
            with contextlib.suppress(Trouble):
                stamps.wait_for("removed", patience_s=MISSED_S)
    finally:
        reader.let_go()
        other.kill()
        other.wait()
        stamps.close()
    return read_s, asked_s
