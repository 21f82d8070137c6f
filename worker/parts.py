"""What a process of the worker makes once, at first use, and keeps."""

from contextlib import suppress
from functools import cache, partial

from celery import current_app
from kombu.exceptions import OperationalError

from connector.erp import Erp, connect
from connector.exceptions import CardSystemError
from connector.outbound.stock import ForeignStock
from connector.outbox.host import Host
from connector.outbox.issues import Issues
from worker import __version__
from worker.dead import DeadTasks
from worker.drain import Drain
from worker.lease import Alive
from worker.notes import Notes, notes_of
from worker.outage import Outage
from worker.push import Push
from worker.reading import Reading, Scan
from worker.schedule import RECONCILE, RECONCILE_S, reads
from worker.suspects import Suspects


@cache
def outage(what: str) -> Outage:
    """Return whether the ERP of this loop is away."""
    several = len(reads(current_app.card)) > 1
    return Outage(name=what.partition(":")[2] if several else "")


@cache
def notes() -> Notes:
    """Return the notes that all workers share."""
    return notes_of(current_app.card)


@cache
def alive() -> Alive:
    """Return the sign of life of this worker."""
    return Alive(notes(), current_app.node)


@cache
def erp() -> Erp:
    """Return the ERP with our addon."""
    timed: Erp = current_app.metrics.timed(connect(current_app.card.erp), "cards")
    return timed


@cache
def dead() -> DeadTasks:
    """Return where tasks end that failed."""
    return DeadTasks(erp(), notes())


@cache
def drain() -> Drain:
    """Return the loop over the outbox."""
    settings = current_app.card
    return Drain(
        Host(erp(), current_app.node, __version__),
        outage("drain"),
        Suspects(notes(), "drain"),
        page=settings.page,
        poll_s=settings.poll_s,
        count=current_app.metrics.rows,
    )


@cache
def push() -> Push:
    """Return the loop that books issues in a foreign ERP."""
    settings = current_app.card
    stock = settings.stock
    foreign = current_app.metrics.timed(connect(stock.erp), stock.name or "foreign")
    return Push(
        Issues(erp(), current_app.node, __version__),
        ForeignStock(foreign, stock.stock),
        outage("push"),
        Suspects(notes(), "push"),
        page=settings.page,
        poll_s=settings.poll_s,
        count=current_app.metrics.rows,
    )


@cache
def reading(source: str) -> Reading:
    """Return the foreign ERP of this name."""
    card, metrics = current_app.card, current_app.metrics
    (foreign,) = [one for one in card.foreign if one.name == source]
    return Reading(
        erp(),
        foreign,
        current_app.node,
        __version__,
        observe=partial(metrics.page, source),
        wrong=partial(metrics.trouble, source),
        connect_to=lambda settings: metrics.timed(connect(settings), source),
    )


def shown(what: str) -> str:
    """Return what the form of the foreign ERP shows as wrong, for the loop that reads it."""
    loop, _, source = what.partition(":")
    try:
        return reading(source).trouble if loop == "read" else ""
    except CardSystemError:
        return ""  # the loop itself will say so


@cache
def scan(source: str) -> Scan:
    """Return the loop over its changes."""
    changes = reading(source)
    return Scan(
        changes,
        outage(f"read:{source}"),
        Suspects(notes(), f"read:{source}"),
        poll_s=changes.settings.poll_s,
        compare=partial(_compare, source),
    )


def _compare(source: str) -> None:
    """Have another process compare: it may take minutes, and the scan goes on."""
    with suppress(OperationalError):  # the broker is away; the schedule starts it
        current_app.send_task(RECONCILE, kwargs={"source": source}, expires=RECONCILE_S)
