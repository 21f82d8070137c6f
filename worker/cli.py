"""``customer-card-worker``: run the worker, or ask whether it works."""

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import redis
from celery.exceptions import SecurityWarning

from connector.exceptions import ConfigInvalid
from connector.mapping.schema import load as load_mapping
from connector.settings import load
from worker.app import QUEUES, create_app
from worker.lease import client, sign_of_life
from worker.settings import WorkerSchema, WorkerSettings

STALE_S = 60.0


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 fine, 1 not working, 2 wrong settings."""
    parser = argparse.ArgumentParser(prog="customer-card-worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="work until stopped (one host, schedule included)")
    run.add_argument("--processes", type=int, default=2, help="default: 2")
    health = commands.add_parser("health", help="exit 1 if this host's worker does nothing")
    for command in (run, health):
        command.add_argument("--config", required=True, type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    try:
        settings: WorkerSettings = load(options.config, WorkerSchema())
        load_mapping(settings.mapping)
    except ConfigInvalid as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "health":
        return _health(settings)
    return _run(settings, options.processes)


def _run(settings: WorkerSettings, processes: int) -> int:
    print(
        f"Worker for {settings.erp.url}, database {settings.erp.database}, user"
        f" {settings.erp.login}; queue {settings.broker_name}; mapping {settings.mapping}.",
        flush=True,
    )
    # Root matters to Celery for pickled tasks, which this worker refuses anyway.
    warnings.simplefilter("ignore", SecurityWarning)
    app = create_app(settings)
    app.set_current()
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--beat",
            f"--concurrency={max(2, processes)}",
            f"--queues={','.join(QUEUES)}",
            "--pool=prefork",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            f"--loglevel={settings.log_level}",
        ]
    )
    return 0


def _health(settings: WorkerSettings) -> int:
    try:
        seen = sign_of_life(client(settings.broker_url))
    except redis.RedisError as error:
        print(f"Redis at {settings.broker_name} does not answer: {error}")
        return 1
    if seen is None:
        print("No worker of this host has worked within the last hour.")
        return 1
    age_s = time.time() - seen["at"]
    erp = f"The ERP is away ({seen['erp']}); it is tried again." if seen["erp"] else "All well."
    print(f"Last sign of life {age_s:.0f} s ago. {erp}")
    return 1 if age_s > STALE_S else 0
