"""Reads a foreign ERP in a process of its own, to be killed: the worker's loop, bare."""

import json
import sys
import time

from connector.erp import ErpSettings, connect
from connector.exceptions import RetryableError
from connector.foreign import ForeignSettings
from connector.pace import Night
from connector.readsettings import ReadSettings
from worker.reading import Reading


def main(text: str) -> None:
    """Read until killed; the settings come as JSON."""
    given = json.loads(text)
    read = ReadSettings(
        streams=tuple(given["streams"]), window_s=given["window_s"], night=Night(timezone="UTC")
    )
    foreign = ForeignSettings(
        ErpSettings(**given["foreign"]), given["mapping"], None, read, given["name"]
    )
    reading = Reading(connect(ErpSettings(**given["host"])), foreign, "victim", "0")
    while True:
        try:
            until = time.monotonic() + 1
            reading.read(lambda: True)
            reading.backfill(lambda until=until: time.monotonic() < until)
        except RetryableError:
            time.sleep(0.2)
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1])
