"""What became of cards that were written: on disk until the ERP has heard it.

A bridge that dies between writing and telling tells it after its restart.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

from reader_bridge.spool import open_file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS writing (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    encoding_id INTEGER NOT NULL, read_back TEXT NOT NULL, reason TEXT NOT NULL,
    reader TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """One try.

    :param read_back: what the card says now; empty when nothing was written
    :param reason: why not, for the seller
    """

    encoding_id: int
    read_back: str
    reason: str
    reader: str
    seq: int = 0


class Writings:
    """The tries the ERP has not heard of, in their order; in the spool's file."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = open_file(path)
        with self._lock, self._db:
            self._db.executescript(_SCHEMA)

    def add(self, writing: Writing) -> None:
        """Keep one; it is on disk when this returns."""
        with self._lock, self._db:
            self._db.execute(
                "INSERT INTO writing (encoding_id, read_back, reason, reader) VALUES (?, ?, ?, ?)",
                (writing.encoding_id, writing.read_back, writing.reason, writing.reader),
            )

    def first(self) -> Writing | None:
        """Return the oldest."""
        with self._lock:
            row = self._db.execute(
                "SELECT encoding_id, read_back, reason, reader, seq FROM writing"
                " ORDER BY seq LIMIT 1"
            ).fetchone()
        return Writing(*row) if row else None

    def settle(self, writing: Writing) -> None:
        """Forget it, and the token with it."""
        with self._lock:
            with self._db:
                self._db.execute("DELETE FROM writing WHERE seq = ?", (writing.seq,))
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
