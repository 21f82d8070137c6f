"""A worker with a task that kills its process each time: ``poison_worker.py CONFIG TALLY``."""

import os
import signal
import sys
from pathlib import Path

from connector.settings import load
from worker.app import create_app, node
from worker.settings import WorkerSchema

NAME = "customer_card.poison"


def main(config: str, tally: str) -> None:
    """Run a worker that knows one more task; it notes each of its starts in *tally*."""
    app = create_app(load(Path(config), WorkerSchema()), "poison", ("slow",))
    app.set_current()
    app.loader.import_default_modules()

    from worker.tasks import Job  # it needs the current app

    @app.task(name=NAME, base=Job)
    def poison() -> None:
        with Path(tally).open("a") as starts:
            starts.write("started\n")
        os.kill(os.getpid(), signal.SIGKILL)

    options = ["--queues=poison", "--concurrency=1", "--pool=prefork", "--loglevel=info"]
    app.worker_main(["--quiet", "worker", f"--hostname={node('poison')}", *options])


if __name__ == "__main__":
    main(*sys.argv[1:])
