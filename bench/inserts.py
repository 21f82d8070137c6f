"""Cards go in: when does the bridge know, when has the ERP answered, when does the screen show?"""

import itertools
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.figures import Row
from bench.reader import CardReader
from bench.screen import SellerScreen
from bench.shop import Card
from dev.say import Trouble

PCSCD_POLL_S = 0.4
WARM_UPS = 4


@dataclass
class Inserts:
    """Moments after the insertion, in seconds, one for each insert."""

    heard: list[float] = field(default_factory=list)
    known: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    known_to_answered: list[float] = field(default_factory=list)
    known_to_shown: list[float] = field(default_factory=list)
    lost: int = 0

    def rows(self, what: str) -> list[Row]:
        """Return the rows that begin with the insertion."""
        return [
            Row("insert → bridge knows the card", self.known),
            Row("insert → ERP answer", self.answered),
            Row(f"insert → {what} on the screen", self.shown, lost=self.lost),
        ]


def measure(
    reader: CardReader,
    screen: SellerScreen,
    cards: Sequence[Card],
    count: int,
    beside: Callable[[Card, float | None], None],
) -> Inserts:
    """Insert the cards in turn, so that each changes what is on the screen.

    :param beside: called after each insert with the card and the time from known to shown: what is
        compared with it happens then, under the same load
    """
    for card in itertools.islice(itertools.cycle(cards), WARM_UPS):
        _insert(reader, screen, card, Inserts())
    inserts = Inserts()
    for card in itertools.islice(itertools.cycle(cards), count):
        beside(card, _insert(reader, screen, card, inserts))
    if not inserts.shown:
        raise Trouble("No card came to the screen: see the logs of bench-bridge and Odoo.")
    return inserts


def _insert(reader: CardReader, screen: SellerScreen, card: Card, inserts: Inserts) -> float | None:
    screen.expect(card.name)
    time.sleep(random.random() * PCSCD_POLL_S)  # not in step with pcscd, as no customer is
    inserted = reader.insert(card.token)
    known = reader.stamps.wait_for("known")
    answered = reader.stamps.wait_for("answered", known["key"])
    shown = screen.shown()
    reader.remove()
    inserts.heard.append(known["heard"] - inserted)
    inserts.known.append(known["at"] - inserted)
    inserts.answered.append(answered["at"] - inserted)
    inserts.known_to_answered.append(answered["at"] - known["at"])
    if shown is None:
        inserts.lost += 1
        return None
    inserts.shown.append(shown - inserted)
    inserts.known_to_shown.append(shown - known["at"])
    return shown - known["at"]
