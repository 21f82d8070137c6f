"""Cards in Odoo 19, stock in a real Odoo 14 or plain Odoo 19: the real worker between, killed."""

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
ISSUES = 20
FOREIGN = """\
foreign:
  erp:
    url: {url}
    database: {database}
    login: {login}
    secret: file:{secret}
    transport: web
  mapping: odoo-{version}
  stock:
    on_shortage: book
    units: {{Pack of 6: Päckchen 6}}
"""


@pytest.fixture(scope="module", params=["14", "19"])
def other(request):
    """The ERP that keeps the stock and knows nothing of cards."""
    return request.getfixturevalue("odoo14" if request.param == "14" else "plain_odoo19")


@pytest.fixture(scope="module")
def stock(other) -> ForeignShop:
    return ForeignShop(other.url, other.database)


@pytest.fixture(scope="module")
def worker(odoo, other, stock, redis, tmp_path_factory) -> Iterator[Worker]:
    redis.flush()
    folder = tmp_path_factory.mktemp("foreign")
    secret = folder / "password"
    secret.write_text(PASSWORD)
    version = stock.erp.version().partition(".")[0]
    target = {"url": other.url, "database": other.database, "login": LOGIN, "secret": secret}
    more = FOREIGN.format(version=version, **target)
    running = Worker("test-worker-foreign", odoo, redis, folder, more)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shop(odoo, other) -> BusyShop:
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


def test_three_of_them_confirmed_thrice_are_three_less(shop, stock, worker):
    """AX-07 AP-26: 3 issued, 3 clicks: stock −3 exactly once; cancelled: no change."""
    before = stock.on_hand()
    shop.issue(quantity=3, clicks=3)
    shop.insert_card()
    assert shop.settled(30), shop.waiting()
    assert stock.on_hand() == before - 3
    assert shop.issued_of(shop.battery) == 3


def test_a_pack_of_ours_is_a_pack_of_theirs(shop, stock, worker):
    """AP-36: the unit is the pack; counter −1 is stock −1 pack, which they count as 6 pieces."""
    before = stock.on_hand()
    shop.issue(shop.packs)
    assert shop.settled(30), shop.waiting()
    assert shop.issued_of(shop.packs) == 1
    assert stock.on_hand() == before - 6


def test_every_issue_leaves_the_other_stock_once_whatever_is_killed(shop, stock, worker, other):
    """AX-07: 20 issues, the worker killed four times and the other ERP once: 20 moves, 20 less."""
    before = stock.on_hand()
    began = time.monotonic()
    for number in range(1, ISSUES + 1):
        shop.issue()
        if number % 5 == 0:
            time.sleep(random.uniform(0.2, 1.5))
            worker.kill()
            worker.start()
        if number == ISSUES // 2:
            other.kill()
            other.start()
    assert shop.settled(120), shop.waiting()
    _logger.info("%d issues and five kills: %.0f s", ISSUES, time.monotonic() - began)
    moves = moved(shop, stock)
    assert len(moves) == shop.issued
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


def test_an_erp_that_is_away_is_one_sentence_and_health_says_it(shop, stock, worker, other):
    other.kill()
    shop.issue()
    assert worker.says("No answer from the ERP at " + other.url, 30)
    until = time.monotonic() + 30
    while worker.health()[1]["state"] != "erp_away" and time.monotonic() < until:
        time.sleep(0.5)
    code, found = worker.health()
    assert code == 3
    assert other.url in found["text"]
    other.start()
    assert shop.settled(120), shop.waiting()
