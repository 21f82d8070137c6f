"""The fake ERP as a process of its own, which may be killed at any moment and forgets nothing.

What it booked is in an SQLite file. It also breaks off now and then, before or after its commit, as
networks do.
"""

import json
import random
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from tests.kit.fake_erp import FakeErp

BREAKS_OFF = 0.03


class DurableErp(FakeErp):
    """Books each key once, for good."""

    def __init__(self, port: int, file: Path) -> None:
        super().__init__(port)
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, key UNIQUE, body)"
        )
        chance = random.Random()
        self.before = self.after = lambda _: (0, None) if chance.random() < BREAKS_OFF else None

    def _book(self, event: dict[str, Any]) -> dict[str, Any]:
        self._db.execute(
            "INSERT OR IGNORE INTO event (key, body) VALUES (?, ?)",
            (event["key"], json.dumps(event)),
        )
        status = "unreadable" if event["kind"] == "unreadable" else "identified"
        return {"key": event["key"], "status": status, "action": "", "message": "", "event_id": 1}


def booked(file: Path) -> list[dict[str, Any]]:
    """Return what was booked, in its order."""
    with sqlite3.connect(file, timeout=10) as db:
        rows = db.execute("SELECT body FROM event ORDER BY id").fetchall()
    db.close()
    return [json.loads(body) for (body,) in rows]


if __name__ == "__main__":
    DurableErp(int(sys.argv[1]), Path(sys.argv[2])).start()
    signal.pause()
