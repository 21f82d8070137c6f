"""Runs seeds, and mutants against seeds, in the transaction of a database made for that."""

import logging
import os
import time
from contextlib import nullcontext

import psycopg2

from dev.say import say

from .laws import LawBroken
from .mutants import ALL
from .shop_day import Shop, ShopDay

QUIET = ("odoo.addons.customer_card", "odoo.addons.customer_card_pos", "odoo.sql_db")
_logger = logging.getLogger(__name__)


def day(seed: int, steps: int) -> tuple[str, list[str]]:
    """Run one seed, undone afterwards; return the law it broke, or "", and its story."""
    env = Shop.env
    env.flush_all()
    env.cr.execute("SAVEPOINT day")
    shop = None
    try:
        shop = ShopDay(seed)
        shop.run(steps)
        return "", shop.history
    except LawBroken as broken:
        return broken.name, [*(shop.history if shop else []), str(broken)]
    except psycopg2.IntegrityError as error:
        return "CONSTRAINT", [*(shop.history if shop else []), str(error)]
    except Exception as error:  # noqa: BLE001  (any fault of the product is a finding)
        if os.environ.get("SIM_TRACE"):
            _logger.exception("seed %s", seed)
        return "CRASH", [*(shop.history if shop else []), f"{type(error).__name__}: {error}"]
    finally:
        env.transaction.clear()
        env.cr.execute("ROLLBACK TO SAVEPOINT day")
        env.invalidate_all(flush=False)


def shortest(seed: int, steps: int) -> tuple[int, list[str]]:
    """Return the fewest steps of *seed* that still break a law, and their story."""
    low, high = 1, steps
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if day(seed, middle)[0] else (middle + 1, high)
    return low, day(seed, low)[1]


def simulate(seeds: range, steps: int) -> int:
    """Run all *seeds*; print what broke, and return how many did."""
    broken = 0
    began = time.monotonic()
    for number, seed in enumerate(seeds, 1):
        law, _story = day(seed, steps)
        if law:
            broken += 1
            fewest, story = shortest(seed, steps)
            told = "\n  ".join([f"seed {seed} breaks {law} after {fewest} steps:", *story])
            say(told)
            say(f"  again: make sim SEED={seed} STEPS={fewest}")
        if number % 10 == 0 or number == len(seeds):
            say(f"{number} seeds, {broken} broken, {time.monotonic() - began:.0f} s")
    return broken


def kill(seeds: range, steps: int) -> int:
    """Let every mutant run until a law kills it; return how many lived, the control aside."""
    lived = 0
    say(f"{'mutant':34} {'killed by':10} seeds")
    for mutant in (None, *ALL):
        killer, story, count = "", [], 0
        with mutant.how(Shop.env) if mutant else nullcontext():
            while not killer and count < len(seeds):
                killer, story = day(seeds[count], steps)
                count += 1
        if mutant is None:
            say(f"{'(control)':34} {killer or 'lives':10} {count}")
            lived += bool(killer)
            continue
        wrong = not killer or killer not in mutant.laws
        lived += wrong
        told = killer or "LIVES"
        say(f"{mutant.name:34} {told:10} {count}{'  WRONG ' + story[-1] if wrong else ''}")
    return lived


def main(env) -> None:
    """Do what SIM_SEED, SIM_SEEDS, SIM_STEPS and SIM_MUTANTS in the environment say; then exit."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    seed, seeds = int(os.environ["SIM_SEED"]), int(os.environ["SIM_SEEDS"])
    run = kill if os.environ.get("SIM_MUTANTS") else simulate
    Shop.open(env)
    failed = run(range(seed, seed + seeds), int(os.environ["SIM_STEPS"]))
    env.cr.rollback()
    if failed:
        raise SystemExit(1)
