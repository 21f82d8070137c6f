"""The Celery application: settings that survive kill -9, an emptied Redis and a lost connection."""

import multiprocessing
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, setup_logging, worker_ready, worker_shutting_down

from worker.logs import configure
from worker.processes import die_with_parent
from worker.settings import WorkerSettings
from worker.watchdog import Watchdog

TICK_S = 5.0
QUEUES = ("pull", "push", "slow")
DRAIN = "customer_card.drain"
TICK = "customer_card.tick"


def create_app(settings: WorkerSettings) -> Celery:
    """Return the application; one task is a stream of pages, never a line."""
    app = Celery("customer_card", broker=settings.broker_url, include=["worker.tasks"])
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_time_limit=600,
        task_soft_time_limit=540,
        task_default_queue="pull",
        task_routes={DRAIN: {"queue": "pull"}, TICK: {"queue": "slow"}},
        # Redis being away must not stop a drain that is about to hand over.
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=200,
        worker_soft_shutdown_timeout=30,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 3600,
            "global_keyprefix": "customer-card:",
            "socket_keepalive": True,
            "socket_connect_timeout": 5,
            "health_check_interval": 10,
        },
        # Kept in memory: a schedule file is one more thing that kill -9 can spoil.
        beat_scheduler="celery.beat:Scheduler",
        beat_schedule={
            "tick": {"task": TICK, "schedule": TICK_S, "options": {"expires": 3 * TICK_S}}
        },
        timezone="UTC",
    )
    app.card = settings
    # Made before the worker forks, so that its processes share it.
    app.stopping = multiprocessing.get_context("fork").Event()
    _connect_signals(app)
    return app


def _connect_signals(app: Celery) -> None:
    @setup_logging.connect(weak=False)
    def log(**_: Any) -> None:
        configure(app.card.log_level, app.card.broker_name)

    @worker_ready.connect(weak=False)
    def ready(**_: Any) -> None:
        # The one that was killed may hold the lease for some more seconds: take it over.
        app.send_task(DRAIN, kwargs={"take_over": True})
        Watchdog(app.card.broker_url).start()

    @worker_shutting_down.connect(weak=False)
    def stop(**_: Any) -> None:
        app.stopping.set()

    @beat_embedded_init.connect(weak=False)
    def beat(**_: Any) -> None:
        die_with_parent()
