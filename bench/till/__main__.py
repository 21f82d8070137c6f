"""``python -m bench.till [--inserts N] [--json FILE]``: measure tills and print a table."""

import argparse
import json
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench import report
from bench.figures import Row
from bench.plain import PlainScript
from bench.screen import seller_screen
from bench.shop import Shop
from bench.till import beside, cards, daemon, rig, screen
from dev import say, stack

# p95 in milliseconds, from the wishes of the till's users
GOALS = {"credential": 5, "1 till": 60, "4 tills": 100, "message": 75, "quotation": 250}
GOALS |= {"service back": 150, "cold start": 150}


def main() -> int:
    """Run everything once; nothing is asserted about the times, nothing is left running."""
    parser = argparse.ArgumentParser(prog="python -m bench.till", description=__doc__)
    parser.add_argument("--inserts", type=int, default=200, metavar="N")
    parser.add_argument("--idle", type=float, default=30, metavar="S", help="seconds at rest")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began, where = time.monotonic(), report.machine()
    try:
        rows, rest = _measure(max(options.inserts, 2), options.idle)
    except say.Trouble as trouble:
        say.fail(str(trouble))
    except KeyboardInterrupt:
        return 130
    say.say(
        f"Customer card till bench · {where['at']} · Odoo {where['odoo']} · {where['cores']} cores,"
        f" load before {where['load']} · {rig.CARDS} cards in the ERP\n\n"
        f"{'milliseconds':46}{'n':>5}{'p50':>9}{'p95':>9}{'p99':>9}{'goal':>9}"
    )
    for row in rows:
        say.say(_line(row))
    say.say(f"  {'memory at rest':44}{rest.memory_mib:>23.1f} MiB {'≤ 32':>13}")
    say.say(f"  {'processor at rest':44}{rest.percent:>23.3f} % {'≤ 0.1':>15}")
    say.say(f"  {'wake-ups at rest':44}{rest.wakes:>23.1f} /s {'≤ 2':>14}")
    say.say(f"\nMeasured in {time.monotonic() - began:.0f} s.")
    if options.json:
        found = {"machine": where, "rows": [row.as_dict() for row in rows]}
        found |= asdict(rest)
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return 0


def _measure(count: int, idle_s: float) -> tuple[list[Row], daemon.Rest]:
    with (
        stack.test_stack() as parts,
        parts.odoo() as odoo,
        tempfile.TemporaryDirectory(prefix="bench-till-") as folder,
    ):
        shop = Shop(odoo)
        say.say(f"· {rig.CARDS} cards ...")
        rig.many_cards(odoo)
        customers = [shop.customer(f"Messkunde {letter}", shop.counter) for letter in "ABCD"]
        both, plain = screen.cards(shop), PlainScript(shop)
        with rig.running(odoo, shop, Path(folder)) as tills:
            first = tills[0]
            say.say("· at rest ...")
            rest = daemon.idle(first, idle_s)
            say.say(f"· {count} cards ...")
            rows = list(cards.one_till(first, customers, count))
            rows += beside.measure(first, Path(folder), customers, plain, min(count, 100))
            say.say("· four tills ...")
            rows.append(cards.all_tills(tills, customers, max(count // 4, 2)))
            say.say("· the screen ...")
            with seller_screen(shop) as seller:
                rows += screen.measure(first, seller, both, min(count, 50))
            say.say("· restarts ...")
            rows += [daemon.restarts(first), daemon.cold_starts(first)]
    return rows, rest


def _line(row: Row) -> str:
    figures = [row.percentile_ms(share) for share in (0.5, 0.95, 0.99)]
    goal = next((goal for words, goal in GOALS.items() if words in row.name), None)
    if row.name.startswith("  "):
        goal = None
    line = f"  {row.name:44}{len(row.durations_s):>5}" + "".join(f"{one:>9.1f}" for one in figures)
    line += f"{'≤ ' + str(goal):>9}" if goal else ""
    return line + (f"   LOST: {row.lost}" if row.lost else "")


if __name__ == "__main__":
    sys.exit(main())
