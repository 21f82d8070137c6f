"""One line per event, readable by whoever supports the shop."""

import logging
import sys
import time

_LOST = (
    "onnection to broker lost",
    "annot connect to",
    "onnection error",
    "Couldn't apply scheduled task",
)
# How Redis says that it is full.
FULL = ("MISCONF", "OOM command", "OutOfMemory", "used memory > 'maxmemory'")
FORMAT = "%(asctime)s %(levelname)-7s %(message)s"


class CalmFilter(logging.Filter):
    """Turns Celery's tracebacks about what heals by itself into one line each."""

    def __init__(self, broker: str, kind: str = "Redis") -> None:
        super().__init__()
        self._broker = f"{kind} at {broker}"
        self._lost = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether *record* is to be shown."""
        text = record.getMessage()
        if any(sign in text for sign in _LOST):
            # The schedule runs in a process of its own and would say everything twice.
            shown, self._lost = not self._lost and record.name != "celery.beat", True
            self._rewrite(record, f"{self._broker} {_trouble(record)}; trying until it does.")
            return shown
        if "WorkerLostError" in text:
            self._rewrite(record, "A process of the worker was killed; its work begins anew.")
            return True
        if text.startswith("Connected to"):
            shown, self._lost = self._lost, False
            self._rewrite(record, f"{self._broker} is back.")
            return shown
        return record.levelno >= logging.WARNING

    @staticmethod
    def _rewrite(record: logging.LogRecord, text: str) -> None:
        record.msg, record.args = text, ()
        record.exc_info = record.exc_text = None
        if record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"


def _trouble(record: logging.LogRecord) -> str:
    """Return what is wrong: a full disk is not cured by waiting for the network."""
    error = record.exc_info[1] if record.exc_info else None
    text = f"{error} {record.getMessage()}"
    if any(sign in text for sign in FULL):
        return "takes nothing in, its disk or memory is full"
    return "does not answer"


def configure(level: str, broker: str, kind: str) -> None:
    """Log to standard error; the service manager keeps it."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    calm = CalmFilter(broker, kind)
    for name in (
        "celery.worker.consumer.consumer",
        "celery.worker.consumer.connection",
        "celery.worker.request",
        "celery.beat",
    ):
        logging.getLogger(name).addFilter(calm)
    for name in ("celery.app.trace", "celery.worker.strategy", "kombu", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
