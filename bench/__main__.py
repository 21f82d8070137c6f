"""``python -m bench [--inserts N] [--json FILE]``: measure the whole chain and print a table."""

import argparse
import signal
import sys
import time
from pathlib import Path

from bench import chain, issues, report, sales, tills
from bench.plain import PlainScript
from bench.screen import seller_screen
from bench.shop import Shop
from dev import say

FEWEST = 2
BOOKINGS = 40


def main() -> int:
    """Run everything once; nothing is asserted about the times, nothing is left running."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--inserts", type=int, default=50, metavar="N", help="per kind of sale")
    parser.add_argument("--issues", type=int, default=30, metavar="N", help="issues to book")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here, too")
    options = parser.parse_args()
    count, handed_out = max(options.inserts, FEWEST), max(options.issues, FEWEST)
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    try:
        figures = _measure(count, handed_out)
    except say.Trouble as trouble:
        say.fail(str(trouble))
    except KeyboardInterrupt:
        return 130
    say.say(report.text(*figures))
    say.say(f"Measured in {time.monotonic() - began:.0f} s.")
    if options.json:
        report.save(options.json, *figures)
    return 0


def _measure(count: int, handed_out: int) -> tuple:
    where = report.machine()
    with chain.running() as running:
        shop = Shop(running.odoo)
        plain = PlainScript(shop)
        with seller_screen(shop) as screen:
            say.say(f"· {count} cards for a quotation ...")
            quotations, heard = sales.quotations(running, shop, screen, plain, count)
            say.say(f"· {count} cards for Point of Sale ...")
            orders, heard_too = sales.point_of_sale(running, shop, screen, plain, count)
        say.say(f"· {handed_out} issues ...")
        handed = issues.measure(shop, plain, handed_out)
        say.say("· tills at the same moment ...")
        at_once = tills.measure(shop, BOOKINGS)
    return where, heard + heard_too, [quotations, orders, handed, at_once]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
