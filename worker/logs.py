"""One line per event, readable by whoever supports the shop."""

import logging
import sys
import time

FORMAT = "%(asctime)s %(levelname)-7s %(message)s"


class BrokerFilter(logging.Filter):
    """Turns Celery's tracebacks about a lost Redis into one line per outage."""

    def __init__(self, broker: str) -> None:
        super().__init__()
        self._broker = broker
        self._lost = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether *record* is to be shown."""
        text = record.getMessage()
        if (
            "onnection to broker lost" in text
            or "annot connect to" in text
            or ("onnection error" in text)
        ):
            shown, self._lost = not self._lost, True
            record.msg, record.args = (
                f"Redis at {self._broker} does not answer; connecting again until it does.",
                (),
            )
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
            return shown
        if text.startswith("Connected to"):
            shown, self._lost = self._lost, False
            record.msg, record.args = f"Redis at {self._broker} is back.", ()
            return shown
        return record.levelno >= logging.WARNING or record.name == "celery.worker"


def configure(level: str, broker: str) -> None:
    """Log to standard error; the service manager keeps it."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    broker_filter = BrokerFilter(broker)
    for name in (
        "celery.worker.consumer.consumer",
        "celery.worker.consumer.connection",
        "celery.beat",
    ):
        logging.getLogger(name).addFilter(broker_filter)
    for name in ("celery.app.trace", "celery.worker.strategy", "kombu", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
