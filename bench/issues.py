"""An issue is confirmed: when is the counter down, when has the worker booked the stock?"""

import contextlib
import random
import time
import uuid

import psycopg2

from bench.figures import Row, Section
from bench.plain import PlainScript, timed
from bench.reader import PATIENCE_S
from bench.shop import Card, Shop
from dev.postgres import ROLE
from dev.say import Trouble

WORKER_POLL_S = 0.5
LOOK_S = 0.005
ON_HAND = "SELECT quantity FROM stock_quant WHERE product_id = %s AND location_id = %s"


class Stock:
    """What is on hand, seen past Odoo: asking Odoo all the time would slow it down."""

    def __init__(self, shop: Shop) -> None:
        where = {"host": shop.odoo.cluster.host, "user": ROLE, "dbname": shop.odoo.database}
        self._database = psycopg2.connect(**where)
        self._database.autocommit = True
        self._what = (shop.article, shop.place)

    def on_hand(self) -> float:
        """Return how many pieces lie in the shop."""
        with self._database.cursor() as cursor:
            cursor.execute(ON_HAND, self._what)
            return cursor.fetchone()[0]

    def wait_for(self, wanted: float) -> float | None:
        """Return the moment at which so many are on hand; None if that never comes."""
        until = time.perf_counter() + PATIENCE_S
        while self.on_hand() != wanted:
            if time.perf_counter() > until:
                return None
            time.sleep(LOOK_S)
        return time.perf_counter()

    def close(self) -> None:
        """Leave the database."""
        self._database.close()


def measure(shop: Shop, plain: PlainScript, count: int) -> Section:
    """Confirm issues one by one; the plain script books a delivery after each."""
    card = shop.customer("Messkunde Ausgabe", shop.counter)
    counted, booked, plain_issue = [], [], []
    with contextlib.closing(Stock(shop)) as stock:
        for number in range(count + 1):
            counted_s, booked_s = _issue(shop, card, stock)
            plain_s, _ = timed(plain.issue, card)
            if number:  # the first one warms up
                counted.append(counted_s)
                booked.append(booked_s)
                plain_issue.append(plain_s)
    done = [one for one in booked if one is not None]
    if not done:
        raise Trouble("The worker booked nothing: see the log of bench-worker.")
    rows = [
        Row("issue confirmed → counter down", counted),
        Row("issue confirmed → stock booked", done, plain_issue, lost=count - len(done)),
    ]
    return Section("Issue from a counter", rows)


def _issue(shop: Shop, card: Card, stock: Stock) -> tuple[float, float | None]:
    """Return the seconds until the answer, and until the stock is booked."""
    claim = shop.present(card)
    before = stock.on_hand()
    time.sleep(random.random() * WORKER_POLL_S)  # not in step with the worker
    began = time.perf_counter()
    shop.issue(claim, uuid.uuid4().hex)
    answered = time.perf_counter()
    done = stock.wait_for(before - 1)
    return answered - began, None if done is None else done - began
