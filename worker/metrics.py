"""What Prometheus is told, on the loopback; all processes of a worker count into one place."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    start_http_server,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MultiProcessValue

from connector.erp import Erp
from connector.exceptions import RetryableError
from connector.foreign.changes import Page
from connector.foreign.host import Kept

PREFIX = "customer-card-metrics-"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The figures; made before the worker forks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._rows = Counter(
            "customer_card_rows",
            "Rows of the outbox, by what became of them",
            ["stream", "outcome"],
            registry=self._registry,
        )
        self._backlog = Gauge(
            "customer_card_backlog",
            "Rows of the outbox that are due",
            ["stream"],
            multiprocess_mode="mostrecent",
            registry=self._registry,
        )
        self._lag = Gauge(
            "customer_card_lag_seconds",
            "Age of the oldest row that is due",
            ["stream"],
            multiprocess_mode="mostrecent",
            registry=self._registry,
        )
        self._calls = Histogram(
            "customer_card_erp_seconds",
            "Calls to an ERP",
            ["erp", "method"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._up = Gauge(
            "customer_card_erp_up",
            "Whether the ERP answered the last call",
            ["erp"],
            multiprocess_mode="mostrecent",
            registry=self._registry,
        )
        self._pages = Histogram(
            "customer_card_page_seconds",
            "Pages of a foreign ERP, read and kept",
            ["source", "stream"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._late = Gauge(
            "customer_card_lateness_seconds",
            "The latest that a foreign ERP's row was seen after it was written; below window_s",
            ["source", "stream"],
            multiprocess_mode="max",
            registry=self._registry,
        )
        self._trouble = Gauge(
            "customer_card_source_trouble",
            "Whether the form of the foreign ERP shows that something is wrong",
            ["source"],
            multiprocess_mode="mostrecent",
            registry=self._registry,
        )
        self._lateness: dict[tuple[str, str], float] = {}
        self._foreign_rows = Counter(
            "customer_card_foreign_rows",
            "Rows of a foreign ERP, by what became of them",
            ["source", "stream", "outcome"],
            registry=self._registry,
        )
        self._tasks = Histogram(
            "customer_card_task_seconds",
            "Tasks",
            ["task", "state"],
            buckets=SECONDS,
            registry=self._registry,
        )

    def rows(self, stream: str, outcome: str, number: int) -> None:
        """Count rows."""
        self._rows.labels(stream, outcome).inc(number)

    def task(self, name: str, state: str, seconds: float) -> None:
        """Note a task that ended."""
        self._tasks.labels(name, state).observe(seconds)

    def page(self, source: str, stream: str, page: Page, kept: Kept, seconds: float) -> None:
        """Note a page of the foreign ERP *source*."""
        of = source, stream
        for outcome in ("new", "changed", "gone", "settled", "failed"):
            self._foreign_rows.labels(*of, outcome).inc(getattr(kept, outcome))
        self._foreign_rows.labels(*of, "rejected").inc(len(page.rejects))
        self._pages.labels(*of).observe(seconds)
        self._lateness[of] = max(kept.lateness, self._lateness.get(of, 0.0))
        self._late.labels(*of).set(self._lateness[of])

    def trouble(self, source: str, is_wrong: bool) -> None:
        """Note whether something is wrong with the foreign ERP *source*."""
        self._trouble.labels(source).set(is_wrong)

    def timed(self, erp: Erp, name: str) -> Erp:
        """Return *erp*, whose calls are timed from now on."""
        return _Timed(erp, name, self)

    @contextmanager
    def call(self, erp: str, method: str) -> Iterator[None]:
        """Time one call."""
        began = time.perf_counter()
        up = 1
        try:
            yield
        except RetryableError:
            up = 0
            raise
        finally:
            self._calls.labels(erp, method).observe(time.perf_counter() - began)
            self._up.labels(erp).set(up)

    def waiting(self, stream: str, answer: Any) -> None:
        """Note what ``pull`` says about what is due."""
        self._backlog.labels(stream).set(answer.get("backlog", 0))
        self._lag.labels(stream).set(answer.get("lag_s", 0))


class _Timed:
    """An ERP whose calls are timed."""

    def __init__(self, erp: Erp, name: str, metrics: Metrics) -> None:
        self._erp = erp
        self._name = name
        self._metrics = metrics

    @property
    def server_time(self) -> datetime | None:
        return self._erp.server_time

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        with self._metrics.call(self._name, method):
            answer = self._erp.call(model, method, ids, **kwargs)
        if method in ("pull", "pull_issues"):
            self._metrics.waiting("push" if method == "pull_issues" else "local", answer)
        return answer

    def version(self) -> str:
        return self._erp.version()


def prepare(identify: Callable[[], str]) -> Path:
    """Have all processes of this worker count into files of one folder, and return it.

    :param identify: names this process; a process that takes the place of another one bears its
        name, or there would be more files every hour
    """
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Of a worker that was killed.
        if not Path("/proc", old.name.removeprefix(PREFIX).partition("-")[0]).exists():
            forget(old)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    os.environ[FOLDER] = str(folder)
    values.ValueClass = MultiProcessValue(process_identifier=identify)  # type: ignore[no-untyped-call]
    return folder


def serve(port: int) -> int:
    """Answer Prometheus on the loopback and return the port.

    :raises OSError: the port is taken
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
    return int(server.server_port)


def forget(folder: Path) -> None:
    """Remove the files."""
    shutil.rmtree(folder, ignore_errors=True)
