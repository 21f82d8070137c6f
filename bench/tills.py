"""Many tills issue at the same moment: on one card all of them want, and on a card each."""

import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.figures import Row, Section
from bench.shop import Card, Shop
from connector.exceptions import ErpBusy

TILLS = (1, 4, 8)
DRAIN_S = 30.0


def measure(shop: Shop, bookings: int) -> Section:
    """Book that many issues for each number of tills, on one hot card and on many."""
    cards = [shop.customer(f"Messkunde Theke {n}", shop.counter) for n in range(max(TILLS))]
    rows = []
    for name, chosen in (("one hot card", cards[:1] * len(cards)), ("a card each", cards)):
        for tills in TILLS:
            _drain(shop)
            rows.append(_book(shop, name, chosen[:tills], bookings))
    return Section("Issues at the same moment, per booking", rows)


def _book(shop: Shop, name: str, cards: Sequence[Card], bookings: int) -> Row:
    tills = len(cards)
    each = max(bookings // tills, 1)
    with ThreadPoolExecutor(tills) as pool:
        results = list(pool.map(_work, [shop] * tills, cards, [each] * tills))
    durations = [one for result, _ in results for one in result]
    return Row(
        f"{tills} till{'s' if tills > 1 else ''}, {name}",
        durations,
        per_s=tills * len(durations) / sum(durations),
        busy=sum(busy for _, busy in results),
    )


def _work(shop: Shop, card: Card, count: int) -> tuple[list[float], int]:
    """Return how long each booking took, with its repetitions, and how many these were."""
    durations, busy = [], 0
    for _ in range(count):
        key, claim = uuid.uuid4().hex, shop.present(card)
        began = time.perf_counter()
        while True:
            try:
                shop.issue(claim, key)
                break
            except ErpBusy:
                busy += 1
        durations.append(time.perf_counter() - began)
    return durations, busy


def _drain(shop: Shop) -> None:
    """Let the worker finish, so that one measurement does not slow down the next."""
    until = time.monotonic() + DRAIN_S
    while shop.waiting() and time.monotonic() < until:
        time.sleep(0.2)
