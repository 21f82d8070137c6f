"""What the worker does again and again: loops that live in its tasks, and jobs now and then.

Every worker sends all of it, by Celery's own schedule: a message that was lost with the broker
comes again, and one too many does no harm. A loop begins only where its lease is free; a job may be
done twice, it changes nothing then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from worker.settings import WorkerSettings

DRAIN = "customer_card.drain"
PUSH = "customer_card.push"
READ = "customer_card.read"
BILL = "customer_card.bill"
BACKFILL = "customer_card.backfill"
RECONCILE = "customer_card.reconcile"
RAISE = "customer_card.raise"

QUEUES = {
    **dict.fromkeys((DRAIN, READ, RAISE), "pull"),
    PUSH: "push",
    **dict.fromkeys((BILL, BACKFILL, RECONCILE), "slow"),
}
START_S = 5.0
BILL_S, BACKFILL_S, RECONCILE_S = 3600.0, 20.0, 300.0
# Due at the start: who is restarted often would never come to what is done hourly.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop.

    :param what: its lease
    :param source: the foreign ERP, where there may be several of its kind
    """

    what: str
    task: str
    source: str = ""

    @property
    def queue(self) -> str:
        """Where its task is sent."""
        return QUEUES[self.task]

    @property
    def arguments(self) -> dict[str, str]:
        """What its task has to be told."""
        return {"source": self.source} if self.source else {}


def reads(settings: WorkerSettings) -> list[str]:
    """Return the names of the foreign ERPs that are read."""
    return [one.name for one in settings.foreign if one.read]


def loops(settings: WorkerSettings) -> list[Loop]:
    """Return the loops that these settings ask for."""
    found = [Loop("drain", DRAIN)]
    found += [Loop(f"read:{name}", READ, name) for name in reads(settings)]
    if settings.stock:
        found.append(Loop("push", PUSH))
    return found


def beat_schedule(settings: WorkerSettings) -> dict[str, dict[str, Any]]:
    """Return all of it as Celery's ``beat_schedule``."""
    entries = {
        loop.what: _entry(loop.task, START_S, scheduled=True, **loop.arguments)
        for loop in loops(settings)
    }
    entries["raise"] = _entry(RAISE, START_S)
    entries["bill"] = _entry(BILL, BILL_S)
    for name in reads(settings):
        entries[f"backfill:{name}"] = _entry(BACKFILL, BACKFILL_S, source=name)
        entries[f"reconcile:{name}"] = {
            **_entry(RECONCILE, RECONCILE_S, source=name),
            # It can wait, and Odoo takes ten wrong logins, then none for a minute.
            "last_run_at": None,
        }
    return entries


def _entry(task: str, every_s: float, **arguments: Any) -> dict[str, Any]:
    # Messages of an hour without workers need not be worked off one by one.
    options = {"expires": max(3 * START_S, every_s)}
    return {
        "task": task,
        "schedule": every_s,
        "kwargs": arguments,
        "options": options,
        "last_run_at": NEVER,
    }
