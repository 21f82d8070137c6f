"""Insertions: when is the card on the till's disk, when has the ERP answered?"""

import random
import threading
import time
from collections.abc import Sequence

from bench.figures import Row
from bench.shop import Card
from bench.till.rig import Till

WARM_UPS = 5
APART_S = 0.03


def insert(till: Till, card: Card) -> tuple[float, float]:
    """Put a card in and out; return the seconds until it was known and until it was answered."""
    inserted = till.reader.insert(card.token)
    known = till.reader.stamps.wait_for("known")
    answered = till.reader.stamps.wait_for("answered", known["key"])
    till.reader.remove()
    return known["at"] - inserted, answered["at"] - inserted


def one_till(till: Till, cards: Sequence[Card], count: int) -> tuple[Row, Row]:
    """Measure a till that has the ERP for itself."""
    found = []
    for number in range(WARM_UPS + count):
        time.sleep(random.random() * APART_S)
        found.append(insert(till, cards[number % len(cards)]))
    known, answered = zip(*found[WARM_UPS:], strict=True)
    return (
        Row("insert → credential on the till's disk", known),
        Row("insert → ERP answer, 1 till", answered),
    )


def all_tills(tills: Sequence[Till], cards: Sequence[Card], count: int) -> Row:
    """Measure tills into which cards go at the same moment."""
    together = threading.Barrier(len(tills))
    found: list[float] = []

    def work(till: Till, card: Card) -> None:
        for number in range(WARM_UPS + count):
            together.wait(60)
            answered = insert(till, card)[1]
            if number >= WARM_UPS:
                found.append(answered)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(tills, cards, strict=False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Row(f"insert → ERP answer, {len(tills)} tills at once", found)
