"""The reader bridge as it is, with a stopwatch on its spool; ``python -m bench.timed_bridge``.

Every card passes the spool twice: when it is noted, and when the ERP has answered. Both moments are
written to the file named by BENCH_STAMPS, with the key that names the insertion.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from reader_bridge import cli, daemon
from reader_bridge.events import Answer, CardPresented
from reader_bridge.readers.base import Event, boot_time
from reader_bridge.spool import Spool

FILE = "BENCH_STAMPS"


class TimedSpool(Spool):
    """Notes when the spool was used, after it has done its work."""

    def append(self, event: CardPresented, seen: Event | None = None) -> bool:
        """Keep one event; it was heard of when pcscd told the bridge."""
        added = super().append(event, seen)
        heard = time.time() - (boot_time() - event.at_s)
        _stamp("known", key=event.key, heard=heard, read=event.credential.kind)
        return added

    def settle(self, answers: Sequence[Answer], state: str = "answered") -> None:
        """Keep the ERP's answers."""
        super().settle(answers, state)
        for answer in answers:
            _stamp("answered", key=answer.key, status=answer.status, message=answer.message)

    def removed(self, reader: str) -> None:
        """Note that the reader is empty."""
        super().removed(reader)
        _stamp("removed")


def _stamp(what: str, **facts: Any) -> None:
    line = json.dumps({"what": what, "at": time.time(), **facts}) + "\n"
    with open(os.environ[FILE], "a", encoding="utf-8") as file:
        file.write(line)


if __name__ == "__main__":
    daemon.Spool = TimedSpool
    sys.exit(cli.main())
