"""The tasks, thin: who may work, for how long, and who comes next."""

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import Task, current_app, shared_task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from kombu.exceptions import OperationalError

from connector.exceptions import CardSystemError, ErpRefused, RetryableError
from worker import parts
from worker.app import PING
from worker.lease import Lease
from worker.resident import Resident
from worker.schedule import BACKFILL, BILL, DRAIN, PUSH, RAISE, READ, RECONCILE, loops, reads

_logger = logging.getLogger(__name__)
RUN_S = 50.0
OUTAGE_S = 480.0


class Job(Task):
    """A task that must not loop for ever: what fails, or kills its process, ends in the ERP."""

    abstract = True
    throws = (CardSystemError,)  # no traceback: the sentence says it

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Refuse a task that has killed its process too often."""
        if self.request.delivery_info.get("redelivered") and parts.dead().is_deadly(task_id):
            parts.dead().bury(self.name, kwargs, "It has killed the worker's process three times.")
            raise Ignore

    def on_failure(self, exc: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Leave the reason where somebody sees it and can try again."""
        if isinstance(exc, RetryableError):
            _logger.warning("%s will be done later: %s", self.name, exc)
        else:
            parts.dead().bury(self.name, kwargs, f"{type(exc).__name__}: {exc}")


@shared_task(name=PING)
def ping() -> None:
    """Show that this worker takes tasks."""
    parts.alive().touch()


@shared_task(name=RAISE)
def raise_tasks() -> None:
    """Send again what had ended in the ERP and somebody wants tried again."""
    for name, kwargs in parts.dead().risen():
        _start(name, kwargs)


@shared_task(name=DRAIN)
def drain(take_over: bool = False, scheduled: bool = False) -> None:
    """Work off the outbox for a while, then hand over to the next task."""
    _reside(DRAIN, parts.drain, take_over, scheduled)


@shared_task(name=PUSH)
def push(take_over: bool = False, scheduled: bool = False) -> None:
    """Carry issues to the foreign ERP for a while, then hand over to the next task."""
    _reside(PUSH, parts.push, take_over, scheduled)


@shared_task(name=READ)
def read(source: str, take_over: bool = False, scheduled: bool = False) -> None:
    """Read the changes of a foreign ERP for a while, then hand over to the next task."""
    _reside(READ, lambda: parts.scan(source), take_over, scheduled, source)


@shared_task(name=BILL, base=Job)
def bill() -> None:
    """Have the ERP bill the payers for what was issued in the months that are over."""
    with parts.alive().busy():
        try:
            parts.erp().call("customer.card.bill", "bill_payers")
        except ErpRefused as no:
            if not no.is_missing:
                raise
            _logger.info("The ERP has no bills to payers: customer_card_bill is not installed.")


@shared_task(name=BACKFILL, base=Job)
def backfill(source: str) -> None:
    """Go on with the past of a foreign ERP for a while, then hand over to the next task."""
    lease = _lease(f"backfill:{source}")
    if source not in reads(current_app.card) or not lease.take():
        return
    until = time.monotonic() + RUN_S
    try:
        left = parts.reading(source).backfill(lambda: lease.keep() and time.monotonic() < until)
    finally:
        lease.release()
    if left and not current_app.stopping.is_set():
        _start(BACKFILL, {"source": source})


@shared_task(name=RECONCILE, base=Job)
def reconcile(source: str) -> None:
    """Compare with a foreign ERP, if the night has come or somebody asks, one of us at a time."""
    lease = _lease(f"reconcile:{source}")
    if source not in reads(current_app.card) or not lease.take():
        return
    try:
        with parts.alive().busy(lease.keep):
            if found := parts.reading(source).reconcile():
                _logger.info("%s", found)
    finally:
        lease.release()


def _reside(
    task: str,
    make: Callable[[], Resident],
    take_over: bool,
    scheduled: bool,
    source: str = "",
) -> None:
    mine = [one for one in loops(current_app.card) if (one.task, one.source) == (task, source)]
    if not mine:
        return
    lease = _lease(mine[0].what)
    if not lease.take(over=take_over):
        return
    if scheduled and lease.without_notes:
        return  # everybody may then, and the schedule would start another one every few seconds
    try:
        make().run(lease, RUN_S, OUTAGE_S)
    except SoftTimeLimitExceeded:
        _logger.warning("A call to the ERP took too long; going on with a new task.")
    kept = lease.keep()
    lease.release()
    if kept:
        _start(task, mine[0].arguments)


def _start(name: str, kwargs: dict[str, Any] | None = None) -> None:
    try:
        current_app.send_task(name, kwargs=kwargs or {})
    except OperationalError:
        _logger.debug("The broker is away; the schedule starts it.")


def _lease(what: str) -> Lease:
    return Lease(
        parts.notes(),
        what,
        stopping=current_app.stopping.is_set,
        state=lambda: parts.outage(what).reason or parts.shown(what),
        alive=parts.alive().touch,
    )
