"""Runs the simulator of :mod:`tests.sim` inside Odoo, on a database of its own."""

import os
import subprocess
import uuid

from dev import odoo, stack, templates
from dev.paths import ROOT
from dev.postgres import Cluster
from dev.say import Trouble

SCRIPT = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.sim.run import main
main(env)
"""


def simulate() -> int:
    """Run random shop days: SEEDS of STEPS steps each, or the one SEED."""
    return _here(mutants=False)


def mutants() -> int:
    """Put in one fault after the other, and let the laws find it."""
    return _here(mutants=True)


def _here(*, mutants: bool) -> int:
    stack.setup()
    with stack.test_stack() as parts:
        parts.start(parts.postgres)
        seed = os.environ.get("SEED")
        return run(
            parts.postgres,
            seed=_number("SEED", 1),
            seeds=1 if seed else _number("SEEDS", 20),
            steps=_number("STEPS", 60),
            mutants=mutants,
        )


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not int(text):
        raise Trouble(f"{name}={text}: give a whole number above zero, as in {name}={default}.")
    return int(text)


def run(cluster: Cluster, *, seed: int, seeds: int, steps: int, mutants: bool = False) -> int:
    """Run *seeds* days of *steps* steps, the first from *seed*; return 0 when every law held.

    :param mutants: run each mutant until a law kills it, and return 0 when none lived
    """
    database = f"sim_{uuid.uuid4().hex[:8]}"
    odoo.copy_database(cluster, templates.ours(cluster), database)
    try:
        conf = odoo.config(database, cluster)
        argv = odoo.command(
            "shell", "-c", conf, "-d", database, "--no-http", "--log-level=critical"
        )
        told = {
            "SIM_SEED": seed,
            "SIM_SEEDS": seeds,
            "SIM_STEPS": steps,
            "SIM_MUTANTS": mutants or "",
        }
        env = os.environ | odoo.environment() | {name: str(value) for name, value in told.items()}
        return subprocess.run(argv, input=SCRIPT, text=True, env=env, cwd="/").returncode
    finally:
        odoo.drop_database(cluster, database)
