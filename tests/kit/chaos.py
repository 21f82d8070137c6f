"""One till on a bad day: cards come and go while bridge, card service and ERP are killed.

The ERP's rows are compared with what the customers did, insertion by insertion, in their order.
One thing is spared because nobody could know of it: a card that came and went while the bridge was
down, when the card service, its only witness, is killed before the bridge is back.
"""

import datetime
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.kit.bridge_rig import Rig
from tests.kit.held_card import HeldCard

# Seconds between two kills, on average.
KILLS_S = {"bridge": 1.5, "pcscd": 4.0, "erp": 4.0}
SYSTEMD_S = 0.1  # RestartSec of our unit
CAUGHT_UP_S = 0.15
PATIENCE_S = 15.0  # with a part that starts on a busy machine
SHORT = 0.2


@dataclass
class Insert:
    """What one customer did.

    :param card: which of the cards
    :param shaken: how often the card service died while the card lay there
    :param at: when, as the bridge's log says it
    """

    card: int
    shaken: int = 0
    at: str = ""


@dataclass
class Chaos:
    """Inserts cards and kills; then tells what became of each.

    :param kill_erp: kills and restarts the ERP
    :param images: the cards, by turns
    :param kills_s: seconds between two kills, on average
    :param pause_s: seconds between two cards, at most
    :param settle_s: how long the last cards may take at the end
    """

    rig: Rig
    kill_erp: Callable[[], None]
    images: Sequence[dict[str, Any]]
    chance: random.Random
    kills_s: Mapping[str, float] = field(default_factory=lambda: KILLS_S)
    pause_s: float = 0.1
    settle_s: float = 10.0
    inserts: list[Insert] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)
    recovered_s: list[float] = field(default_factory=list)
    _killing: threading.Lock = field(default_factory=threading.Lock)
    _bridge: threading.Lock = field(default_factory=threading.Lock)
    _killed_s: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self, count: int, erp_kills: int = 0) -> None:
        """Insert so many cards, then wait until everything has arrived.

        :param erp_kills: go on with cards until the ERP was killed so often
        """
        threads = [
            threading.Thread(target=self._kill_now_and_then, args=(what,)) for what in self.kills_s
        ]
        threads.append(threading.Thread(target=self._watch))
        for thread in threads:
            thread.start()
        try:
            while len(self.inserts) < count or self.kills["erp"] < erp_kills:
                assert all(thread.is_alive() for thread in threads), "who kills gave up"
                self._insert(len(self.inserts) % len(self.images))
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
        self.rig.until(self._is_well, "everything is back and the spool empty", self.settle_s)

    def figures(self, verdict: "Verdict") -> str:
        """Return what was done and what became of it, in a sentence."""
        recovered = sorted(self.recovered_s)
        return (
            f"{len(self.inserts)} insertions: {verdict.read} read, {verdict.unreadable} unreadable;"
            f" killed: {dict(self.kills)}; well again after {recovered[len(recovered) // 2]:.2f} s"
            f" (median), {recovered[-1]:.2f} s at most (n={len(recovered)})"
        )

    def _insert(self, card: int) -> None:
        insert = Insert(card, at=_now())
        self.inserts.append(insert)
        slot = self.rig.pcscd.slot()
        if self.chance.random() < SHORT:
            # Nobody could ever know of a card that is gone before the card service is back.
            with self._killing:
                held = HeldCard(slot, self.images[card])
                held.inside.wait()
                time.sleep(self.chance.uniform(0, 0.04))
                held.pull()
                time.sleep(0.01)
        else:
            held = HeldCard(slot, self.images[card])
            held.inside.wait()
            time.sleep(self.chance.uniform(0.08, 0.25))
            with self._killing:  # the service is up
                insert.shaken = held.losses
                if insert.shaken:
                    self.rig.until(
                        self._sees_card, "the card that stayed is found again", PATIENCE_S
                    )
                held.pull()
                time.sleep(0.01)
        time.sleep(self.chance.uniform(0.02, self.pause_s))

    def _kill_now_and_then(self, what: str) -> None:
        while not self._over.wait(self.chance.expovariate(1 / self.kills_s[what])):
            began = _now()
            if what == "pcscd":
                with self._killing:
                    self._kill_pcscd()
            elif what == "bridge":
                with self._bridge:
                    self._killed_s = time.monotonic()
                    self.rig.crash(signal.SIGKILL)
                    time.sleep(SYSTEMD_S)
                    self.rig.start(ready=False)
                    self.rig.until(self._watches, "the bridge is back", PATIENCE_S)
            else:
                self._killed_s = time.monotonic()
                self.kill_erp()
            self.kills[what] += 1
            self.story.append(f"{began} {what} killed, back at {_now()}")

    def _kill_pcscd(self) -> None:
        with self._bridge:  # what the service alone had seen would die with it
            self.rig.until(self._watches, "the bridge looks at the card service", PATIENCE_S)
            time.sleep(CAUGHT_UP_S)
            self._killed_s = time.monotonic()
            self.rig.pcscd.kill()
        self.rig.pcscd.start()

    def _watches(self) -> bool:
        readers = self.rig.status()["readers"].values()
        return bool(readers) and "gone" not in readers

    def _watch(self) -> None:
        """Note how long it takes until all is well again, from the last kill on."""
        ill_s, killed = 0.0, 0
        while not self._over.is_set():
            if self.kills.total() != killed:
                killed, ill_s = self.kills.total(), self._killed_s
            if ill_s and self._is_well() and self.kills.total() == killed:
                self.recovered_s.append(time.monotonic() - ill_s)
                ill_s = 0.0
            time.sleep(0.03)

    def _is_well(self) -> bool:
        status = self.rig.status()
        return bool(status["ok"]) and status["spool_depth"] == 0

    def _sees_card(self) -> bool:
        return "card" in self.rig.status()["readers"].values()


def _now() -> str:
    return datetime.datetime.now().strftime("%H:%M:%S.%f")[:-3]  # noqa: DTZ005 - as logs have it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the insertions.

    :param read: the ERP knows which card it was
    :param unreadable: the ERP knows that there was one, and the seller was told
    :param strange: rows that fit to no insertion: lost, doubled or invented ones
    """

    read: int
    unreadable: int
    strange: list[str]


def judge(inserts: Sequence[Insert], rows: Sequence[int | None]) -> Verdict:
    """Compare insertion by insertion.

    Each insertion is one row. One under which the card service died may have one more each time:
    that the card could not be read then. The card itself is told once.

    :param rows: what the ERP booked, in its order: which card, or None for an unreadable one
    """
    read = sum(row is not None for row in rows)
    unreadable = len(rows) - read
    told = {0}  # how many rows the insertions so far may explain
    for number, insert in enumerate(inserts):
        told, before = _explained(insert, rows, told), told
        if not told:
            at = max(before)
            around = inserts[max(0, number - 3) : number + 4]
            found = f"{list(rows[max(0, at - 3) : at])}, then {list(rows[at : at + 6])}"
            strange = [f"insertion {number} of card {insert.card}: {found}"]
            strange += [f"{one.at} card {one.card}" for one in around]
            return Verdict(read, unreadable, strange)
    left = list(rows[max(told) :])
    return Verdict(read, unreadable, [] if len(rows) in told else [f"too much: {left}"])


def _explained(insert: Insert, rows: Sequence[int | None], told: set[int]) -> set[int]:
    after = set()
    for at in told:
        for count in range(1, insert.shaken + 2):
            part = rows[at : at + count]
            known = [row for row in part if row is not None]
            if len(part) == count and known in ([], [insert.card]):
                after.add(at + count)
    return after
