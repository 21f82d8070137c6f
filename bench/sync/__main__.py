"""``python -m bench.sync [--erp 14|19] [--lines N]``: print both sides of each ratio."""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

from bench import report
from bench.sync import export, mapping, outbound, people, reading, scale
from bench.sync.figures import Figure, table
from bench.sync.rig import Rig, running
from dev import say


def main() -> int:
    """Run everything once; nothing is asserted about the figures, nothing is left running."""
    parser = argparse.ArgumentParser(prog="python -m bench.sync", description=__doc__)
    parser.add_argument("--erp", choices=["14", "19"], default="14", help="the foreign ERP")
    parser.add_argument("--lines", type=int, default=20000, metavar="N", help="invoice lines")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    where = report.machine()
    try:
        with running(options.erp, options.lines) as rig:
            figures = _measure(rig)
    except say.Trouble as trouble:
        say.fail(str(trouble))
    except KeyboardInterrupt:
        return 130
    say.say(
        f"\nForeign ERP: Odoo {options.erp}, {rig.lines:,} invoice lines · {where['at']} ·"
        f" {where['cores']} cores, load before {where['load']}"
    )
    say.say(table(figures))
    say.say(f"Measured in {time.monotonic() - began:.0f} s.")
    if options.json:
        found = {"where": where, "figures": [one.as_dict() for one in figures]}
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def _measure(rig: Rig) -> list[Figure]:
    figures: list[Figure] = []
    for title, part in (
        ("mapping", mapping.measure),
        ("reading", reading.measure),
        ("rows as JSON", export.measure),
        ("people beside it", people.measure),
        ("several workers", scale.measure),
        ("issues out", outbound.measure),
    ):
        say.say(f"· {title} ...")
        figures += part(rig)
    return figures


if __name__ == "__main__":
    sys.exit(main())
