"""Celery's pool of processes, so that it survives a restart of its queue."""

from typing import Any

from celery.concurrency import asynpool, prefork


class Pool(asynpool.AsynPool):  # type: ignore[misc]
    """Passes by processes that are gone when the pool is watched anew.

    Celery stumbles over the closed pipe of one that ended while the queue was away, and gives up.
    """

    def _track_child_process(self, proc: Any, hub: Any) -> None:
        if getattr(proc, "_sentinel_poll", proc) is not None:
            super()._track_child_process(proc, hub)  # the others are replaced in a moment


class TaskPool(prefork.TaskPool):  # type: ignore[misc]
    """What ``worker_pool`` names."""

    Pool = Pool
