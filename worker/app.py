"""The Celery application: settings that survive kill -9, an emptied Redis and a lost connection."""

import logging
import multiprocessing
import socket
import time
from typing import Any

from billiard.process import current_process
from celery import Celery, bootsteps, signals
from celery.beat import EmbeddedService
from celery.utils.nodenames import worker_direct

from worker import metrics, schedule
from worker.logs import configure
from worker.schedule import loops
from worker.settings import REDIS, WorkerSettings
from worker.watchdog import Watchdog

_logger = logging.getLogger(__name__)
QUEUES = ("pull", "push", "slow")
PING = "customer_card.ping"


class TellProcesses(bootsteps.StartStopStep):
    """Tells the loops to end, whatever ends the worker.

    Celery gives no signal where its consumer fails for good (a killed process's pipe, met while it
    connects to Redis again, is enough), and would wait for ever for loops that live in their tasks.
    """

    def close(self, worker: Any) -> None:
        """Come first of all: Celery waits for its tasks in the next step."""
        worker.app.stopping.set()


def node(name: str) -> str:
    """Return the name of this host's worker *name* among all workers."""
    return f"{name}@{socket.gethostname()}"


def create_app(
    settings: WorkerSettings, name: str = "worker", queues: tuple[str, ...] = QUEUES
) -> Celery:
    """Return the application; one task is a stream of pages, never a line."""
    app = Celery("customer_card", broker=settings.broker_url, include=["worker.tasks"])
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_time_limit=600,
        task_soft_time_limit=540,
        task_default_queue="pull",
        task_routes={task: {"queue": queue} for task, queue in schedule.QUEUES.items()},
        # The broker being away must not stop a drain that is about to hand over.
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_pool="worker.pool:TaskPool",
        worker_max_tasks_per_child=200,
        worker_soft_shutdown_timeout=30,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        # A queue of its own, which shows that this worker still takes tasks.
        worker_direct=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(settings),
        # Kept in memory: a schedule file is one more thing that kill -9 can spoil.
        beat_scheduler="celery.beat:Scheduler",
        beat_schedule=schedule.beat_schedule(settings),
        timezone="UTC",
    )
    app.card = settings
    app.node = node(name)
    app.card_queues = queues
    # Made before the worker forks, so that its processes share it.
    app.stopping = multiprocessing.get_context("fork").Event()
    app.metrics_folder = metrics.prepare(_process_name) if settings.metrics_port else None
    app.metrics = metrics.Metrics()
    app.beat = None
    app.steps["worker"].add(TellProcesses)
    _connect_signals(app)
    return app


def _transport(settings: WorkerSettings) -> dict[str, Any]:
    if settings.broker_url.partition(":")[0] not in REDIS:
        return {"confirm_publish": True}
    return {
        "visibility_timeout": 3600,
        "global_keyprefix": "customer-card:",
        "socket_keepalive": True,
        "socket_connect_timeout": 5,
        "health_check_interval": 10,
    }


def _process_name() -> str:
    return str(getattr(current_process(), "index", "main"))


def _connect_signals(app: Celery) -> None:
    @signals.setup_logging.connect(weak=False)
    def log(**_: Any) -> None:
        configure(app.card.log_level, app.card.broker_name, app.card.broker_kind)

    @signals.worker_ready.connect(weak=False)
    def ready(**_: Any) -> None:
        _begin(app)

    @signals.worker_shutting_down.connect(weak=False)
    def stop(**_: Any) -> None:
        app.stopping.set()
        if app.beat:
            app.beat.service.stop()

    _time_tasks(app)


def _keep_beat(app: Celery) -> None:
    """Start Celery's schedule, and again should it have ended.

    A thread: the process that ``--beat`` would start outlives a main process that is killed, and is
    not started again when it is killed itself.
    """
    if app.stopping.is_set() or (app.beat and app.beat.is_alive()):
        return
    app.beat = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
    app.beat.start()


def _begin(app: Celery) -> None:
    # The one that was killed may hold the lease for some more seconds: take it over.
    for loop in loops(app.card):
        if loop.queue in app.card_queues:
            app.send_task(loop.task, kwargs={"take_over": True, **loop.arguments})
    queue = worker_direct(app.node)

    def ping() -> None:
        app.send_task(PING, queue=queue, expires=30)

    Watchdog(app.card, app.node, ping, lambda: _keep_beat(app)).start()
    _serve_metrics(app.card.metrics_port)


def _time_tasks(app: Celery) -> None:
    started: dict[str, float] = {}

    @signals.task_prerun.connect(weak=False)
    def begins(task_id: str, **_: Any) -> None:
        started[task_id] = time.perf_counter()

    @signals.task_postrun.connect(weak=False)
    def ends(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
        began = started.pop(task_id, time.perf_counter())
        app.metrics.task(task.name, str(state), time.perf_counter() - began)

    @signals.worker_shutdown.connect(weak=False)
    def gone(**_: Any) -> None:
        if app.metrics_folder:
            metrics.forget(app.metrics_folder)


def _serve_metrics(port: int) -> None:
    if not port:
        return
    try:
        metrics.serve(port)
    except OSError as error:
        _logger.warning("No metrics: port %d cannot be used (%s).", port, error)
