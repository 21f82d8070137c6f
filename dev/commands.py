"""One function per command; each returns the exit code."""

import os
import shutil

from dev import checks, demo, i18n, odoo, odoo14, process, sim, stack, suites
from dev.paths import DEV, LOGS, ROOT, VENV, private
from dev.say import Trouble, say


def setup() -> int:
    """Install everything, start nothing."""
    stack.setup()
    return 0


def start_demo() -> int:
    """Start the demo."""
    stack.setup()
    return demo.start()


def lint() -> int:
    """Check style, types, imports and the addon's manifests."""
    stack.setup_tools()
    return 0 if all(checks.run_all().values()) else 1


def run_tests(suite: str = "", *arguments: str) -> int:
    """Run all suites or one of them."""
    stack.setup()
    return suites.run((suite,) if suite else suites.ORDER, *arguments)


def update_german() -> int:
    """Bring the German of our modules up to date with their texts."""
    stack.setup()
    return i18n.update()


def bench(*arguments: str) -> int:
    """Measure from card to answer and from card to screen."""
    return _measure("bench", *arguments)


def bench_sync(*arguments: str) -> int:
    """Measure reading and booking between two ERPs."""
    return _measure("bench.sync", *arguments)


def bench_till(*arguments: str) -> int:
    """Measure tills on readers that report at once."""
    return _measure("bench.till", *arguments)


def _measure(module: str, *arguments: str) -> int:
    stack.setup()
    argv = [str(VENV / "bin/python"), "-m", module, *arguments]
    os.chdir(ROOT)
    os.execv(argv[0], argv)  # it must hear Ctrl-C itself to stop its daemons


def start_odoo14() -> int:
    """Start the second ERP, an Odoo 14 with a shop of its own, beside the demo."""
    stack.setup()
    demo_parts = stack.demo_stack()
    demo_parts.start(demo_parts.postgres)
    database = "odoo14_demo"
    if database not in demo_parts.postgres.databases():
        odoo.copy_database(demo_parts.postgres, odoo14.template(demo_parts.postgres), database)
    odoo14.ensure()
    server = odoo14.Server("demo-odoo14", demo_parts.postgres, database)
    server.start()
    say(f"\n  Odoo {odoo14.version()}: {server.url}, database {database}, admin or sync / demo\n")
    return 0


def logs() -> int:
    """Follow all logs of what runs."""
    running = [path for path in LOGS.glob("*.log") if process.running(path.stem)]
    if not running:
        raise Trouble("Nothing runs.")
    os.execvp("tail", ["tail", "-n", "5", "-F", *map(str, running)])


def stop() -> int:
    """Stop everything this clone started."""
    process.stop_all()
    return 0


def clean() -> int:
    """Stop everything and remove all that was made."""
    process.stop_all()
    shutil.rmtree(private(), ignore_errors=True)
    shutil.rmtree(DEV, ignore_errors=True)
    shutil.rmtree(ROOT / "customer_card.egg-info", ignore_errors=True)
    say(f"  {DEV} removed")
    return 0


COMMANDS = {
    "setup": setup,
    "demo": start_demo,
    "demo-reset": demo.reset,
    "odoo14": start_odoo14,
    "present": demo.present,
    "scan": demo.scan,
    "remove": demo.remove,
    "lint": lint,
    "test": run_tests,
    "i18n": update_german,
    "sim": sim.simulate,
    "mutants": sim.mutants,
    "bench": bench,
    "bench-sync": bench_sync,
    "bench-till": bench_till,
    "logs": logs,
    "stop": stop,
    "clean": clean,
}
