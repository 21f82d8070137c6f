"""An issue is confirmed: when is the counter down, when has the worker booked the stock?"""

import contextlib
import random
import time
import uuid

import psycopg2

from bench.figures import Row, Section
from bench.plain import PlainScript, timed
from bench.reader import PATIENCE_S
from bench.shop import Shop
from dev.postgres import ROLE
from dev.say import Trouble

WORKER_POLL_S = 0.5
LOOK_S = 0.005
ON_HAND = "SELECT quantity FROM stock_quant WHERE product_id = %s AND location_id = %s"


def measure(shop: Shop, plain: PlainScript, count: int) -> Section:
    """Confirm issues one by one; the plain script books a delivery after each."""
    card = shop.customer("Messkunde Ausgabe", shop.counter)
    claim = shop.present(card)
    counted, booked, plain_issue, lost = [], [], [], 0
    plain.issue(card)
    with contextlib.closing(_watch(shop)) as database:
        for number in range(count + 1):
            before = _on_hand(database, shop)
            time.sleep(random.random() * WORKER_POLL_S)  # not in step with the worker
            began = time.perf_counter()
            shop.issue(shop.seller, claim, uuid.uuid4().hex)
            answered = time.perf_counter()
            done = _booked(database, shop, before)
            plain_s, _ = timed(plain.issue, card)
            if number == 0:  # the first one warms up
                continue
            counted.append(answered - began)
            plain_issue.append(plain_s)
            if done is None:
                lost += 1
            else:
                booked.append(done - began)
    if not booked:
        raise Trouble("The worker booked nothing: see the log of bench-worker.")
    rows = [
        Row("issue confirmed → counter down", counted),
        Row("issue confirmed → stock booked", booked, plain_issue, lost=lost),
    ]
    return Section("Issue from a counter", rows)


def _watch(shop: Shop) -> psycopg2.extensions.connection:
    """Look at the stock past Odoo: asking Odoo all the time would slow down what is measured."""
    where = {"host": shop.odoo.cluster.host, "user": ROLE, "dbname": shop.odoo.database}
    database = psycopg2.connect(**where)
    database.autocommit = True
    return database


def _on_hand(database: psycopg2.extensions.connection, shop: Shop) -> float:
    with database.cursor() as cursor:
        cursor.execute(ON_HAND, (shop.article, shop.place))
        return cursor.fetchone()[0]


def _booked(database: psycopg2.extensions.connection, shop: Shop, before: float) -> float | None:
    until = time.perf_counter() + PATIENCE_S
    while _on_hand(database, shop) != before - 1:
        if time.perf_counter() > until:
            return None
        time.sleep(LOOK_S)
    return time.perf_counter()
