"""Finds the row that kills the process which works on it: by a crash there is no exception."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from worker.notes import Notes, NotesAway

_logger = logging.getLogger(__name__)
DEATHS = 3
KEPT_S = 86400


class Suspects:
    """Notes what is under work, so that who comes after a crash knows.

    After a crash the rows of that page are worked off one by one; a row that was alone at three
    crashes is deadly.
    """

    def __init__(self, notes: Notes, what: str) -> None:
        self._notes = notes
        self._note = f"work:{what}"
        self._deaths: dict[int, int] = {}
        self._alone: set[int] = set()

    def look(self) -> None:
        """See what the one before has left under work."""
        try:
            left = json.loads(self._notes.get(self._note) or "{}")
        except NotesAway:
            return
        rows = left.get("rows", [])
        self._deaths = {int(row): number for row, number in left.get("deaths", {}).items()}
        self._alone |= {*rows, *self._deaths}
        if len(rows) == 1:
            self._deaths[rows[0]] = self._deaths.get(rows[0], 0) + 1
        if rows:
            _logger.warning("The process before died amid %d rows; now one by one.", len(rows))

    def pages(self, rows: Sequence[int]) -> list[Sequence[int]]:
        """Return *rows* in the parts they have to be worked off in."""
        alone: list[Sequence[int]] = [[row] for row in rows if row in self._alone]
        others = [row for row in rows if row not in self._alone]
        return [*alone, others] if others else alone

    def is_deadly(self, row: int) -> bool:
        """Return whether nobody must touch *row* any more."""
        return self._deaths.get(row, 0) >= DEATHS

    @contextmanager
    def under_work(self, rows: Sequence[int]) -> Iterator[None]:
        """Note *rows* while they are worked off; an exception is no crash."""
        self._put(rows)
        try:
            yield
        finally:
            for row in rows:
                self._alone.discard(row)
                self._deaths.pop(row, None)
            self._put([])

    def _put(self, rows: Sequence[int]) -> None:
        note = json.dumps({"rows": list(rows), "deaths": self._deaths})
        try:
            self._notes.put(self._note, note, KEPT_S)
        except NotesAway:
            return  # a crash finds its row the next time
