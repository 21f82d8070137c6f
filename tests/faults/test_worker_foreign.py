"""Cards in Odoo 19, stock in a real Odoo 14: the real worker between them, while it is killed."""

import logging
import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.kit.busy_shop import BusyShop
from tests.kit.foreign_shop import LOGIN, PASSWORD, ForeignShop
from tests.kit.worker_rig import Worker

_logger = logging.getLogger(__name__)
ISSUES = 40
FOREIGN = """\
foreign:
  erp:
    url: {url}
    database: {database}
    login: {login}
    secret: file:{secret}
    transport: web
  mapping: odoo-14
  stock: {{on_shortage: book}}
"""


@pytest.fixture(scope="module")
def stock(odoo14) -> ForeignShop:
    return ForeignShop(odoo14.url, odoo14.database)


@pytest.fixture(scope="module")
def worker(odoo, odoo14, redis, tmp_path_factory) -> Iterator[Worker]:
    redis.flush()
    folder = tmp_path_factory.mktemp("foreign")
    secret = folder / "password"
    secret.write_text(PASSWORD)
    more = FOREIGN.format(url=odoo14.url, database=odoo14.database, login=LOGIN, secret=secret)
    running = Worker("test-worker-foreign", odoo, redis, folder, more)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shop(odoo) -> BusyShop:
    cards = BusyShop(odoo.url, odoo.database, odoo.keys)
    company = cards.boss.call("res.users", "read", [2], fields=["company_id"])[0]["company_id"]
    cards.boss.call("res.company", "write", [company[0]], vals={"card_stock_foreign": True})
    return cards


def moved(shop: BusyShop, stock: ForeignShop) -> Counter[str]:
    """Return the state of the transfers over there, by the issue they stand for."""
    mine = [["card_id", "=", shop.counter], ["reason", "=", "issue"]]
    entries = shop.boss.call("loyalty.card.entry", "search", domain=mine)
    found = stock.erp.call(
        "stock.picking",
        "search_read",
        domain=[["state", "=", "done"], ["origin", "like", "_"]],
        fields=["origin"],
    )
    ends = Counter(int(one["origin"].rpartition("_")[2]) for one in found)
    return Counter({entry: ends.get(entry, 0) for entry in entries})


def test_every_issue_leaves_the_other_stock_once_whatever_is_killed(shop, stock, worker, odoo14):
    """AX-07: 40 issues, the worker killed four times and the other ERP once: 40 moves, 40 less."""
    before = stock.on_hand()
    began = time.monotonic()
    for number in range(1, ISSUES + 1):
        shop.issue()
        if number % 10 == 0:
            time.sleep(random.uniform(0.2, 1.5))
            worker.kill()
            worker.start()
        if number == ISSUES // 2:
            odoo14.kill()
            odoo14.start()
    assert shop.settled(120), shop.waiting()
    _logger.info("%d issues and five kills: %.0f s", ISSUES, time.monotonic() - began)
    moves = moved(shop, stock)
    assert len(moves) == ISSUES
    assert set(moves.values()) == {1}, moves
    assert stock.on_hand() == before - ISSUES
    assert set(shop.moves_per_entry().values()) == {0}, "nothing left this stock"


def test_what_the_other_erp_does_not_know_waits_with_its_reason(shop, stock, worker):
    before = stock.on_hand()
    read = shop.boss.call("product.product", "read", [shop.battery], fields=["default_code"])
    shop.boss.call("product.product", "write", [shop.battery], vals={"default_code": "B99"})
    shop.issue()
    assert worker.says("has no article B99", 30)
    (row,) = shop.waiting()
    assert (row["stream"], row["state"]) == ("push", "failed")
    assert row["error"].startswith("The other ERP has no article B99")
    shop.boss.call(
        "product.product", "write", [shop.battery], vals={"default_code": read[0]["default_code"]}
    )
    ids = shop.boss.call("customer.card.outbox", "search", domain=[])
    shop.boss.call("customer.card.outbox", "action_retry", ids)
    assert shop.settled(60), shop.waiting()
    assert stock.on_hand() == before - 1


def test_an_erp_that_is_away_is_one_sentence_and_health_says_it(shop, stock, worker, odoo14):
    odoo14.kill()
    shop.issue()
    assert worker.says("No answer from the ERP at " + odoo14.url, 30)
    until = time.monotonic() + 30
    while worker.health()[1]["state"] != "erp_away" and time.monotonic() < until:
        time.sleep(0.5)
    code, found = worker.health()
    assert code == 3
    assert odoo14.url in found["text"]
    odoo14.start()
    assert shop.settled(120), shop.waiting()
