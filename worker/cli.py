"""``customer-card-worker``: run the worker, or ask whether it works."""

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from celery.exceptions import SecurityWarning

from connector.exceptions import ConfigInvalid
from connector.mapping.schema import load as load_mapping
from connector.settings import load
from worker.app import QUEUES, create_app, node
from worker.health import look
from worker.notes import notes_of
from worker.schedule import loops, reads
from worker.settings import WorkerSchema, WorkerSettings

HEALTH_HELP = "exit 0: works; 1: does nothing; 3: waits for ERP or broker, a restart does not help"


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 fine, 1 not working, 2 wrong settings, 3 waits for something else."""
    parser = argparse.ArgumentParser(prog="customer-card-worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="work until stopped, schedule included")
    run.add_argument("--processes", type=int, default=0, help="default: as many as are needed")
    run.add_argument("--queues", type=_queues, default=QUEUES, help=f"default: {','.join(QUEUES)}")
    health = commands.add_parser("health", help=HEALTH_HELP)
    health.add_argument("--json", action="store_true", help="for programs")
    for command in (run, health):
        command.add_argument("--config", required=True, type=Path, metavar="FILE")
        command.add_argument("--name", default="worker", help="where a host has several workers")
    options = parser.parse_args(argv)
    try:
        settings: WorkerSettings = load(options.config, WorkerSchema())
        for mapping in [settings.mapping, *(one.mapping for one in settings.foreign)]:
            load_mapping(mapping)
    except ConfigInvalid as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "health":
        return _health(settings, options.name, as_json=options.json)
    return _run(settings, options.name, options.queues, options.processes)


def _queues(text: str) -> tuple[str, ...]:
    queues = tuple(text.split(","))
    if unknown := set(queues) - set(QUEUES):
        raise argparse.ArgumentTypeError(f"unknown queues: {', '.join(sorted(unknown))}")
    return queues


def _run(settings: WorkerSettings, name: str, queues: tuple[str, ...], processes: int) -> int:
    print(
        f"Worker for {settings.erp.url}, database {settings.erp.database}, user"
        f" {settings.erp.login}; queue {settings.broker_name}; notes {settings.notes_name};"
        f" mapping {settings.mapping}.",
        flush=True,
    )
    # Root matters to Celery for pickled tasks, which this worker refuses anyway.
    warnings.simplefilter("ignore", SecurityWarning)
    app = create_app(settings, name, queues)
    app.set_current()
    # A process for each loop, one for the long jobs of each ERP, one for what is short.
    least = sum(loop.queue in queues for loop in loops(settings))
    least += max(1, len(reads(settings))) if "slow" in queues else 0
    app.worker_main(
        [
            "--quiet",
            "worker",
            f"--hostname={node(name)}",
            f"--concurrency={max(least + 1, processes)}",
            f"--queues={','.join(queues)}",
            "--pool=prefork",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            f"--loglevel={settings.log_level}",
        ]
    )
    return 0


def _health(settings: WorkerSettings, name: str, *, as_json: bool) -> int:
    found = look(settings, notes_of(settings), node(name))
    print(json.dumps({"worker": node(name), **asdict(found)}) if as_json else found.text)
    return found.code
