"""Tasks that failed for good: a row of the ERP's outbox, with the reason and a button."""

import logging
from collections.abc import Iterator
from typing import Any

from connector.erp import Erp
from connector.exceptions import CardSystemError, ErpRefused
from connector.outbox.host import OUTBOX
from worker.notes import Notes, NotesAway

_logger = logging.getLogger(__name__)
DEATHS = 3
KEPT_S = 86400


class DeadTasks:
    """Where they end, and from where they rise when somebody presses the button."""

    def __init__(self, erp: Erp, notes: Notes) -> None:
        self._erp = erp
        self._notes = notes

    def is_deadly(self, task_id: str) -> bool:
        """Count a delivery that followed a crash; return whether it was one too many.

        Without the notes nobody can count; it forgets what it had, and the count begins anew.
        """
        note = f"deaths:{task_id}"
        try:
            deaths = int(self._notes.get(note) or 0) + 1
            self._notes.put(note, str(deaths), KEPT_S)
        except NotesAway:
            return False
        return deaths >= DEATHS

    def bury(self, task: str, kwargs: dict[str, Any], reason: str) -> None:
        """Leave *task* in the ERP; the same task with the same arguments lies there once."""
        trouble = ""
        try:
            self._erp.call(OUTBOX, "bury_task", task=task, arguments=kwargs, reason=reason)
        except CardSystemError as error:
            if isinstance(error, ErpRefused) and error.name.endswith("AccessDenied"):
                return  # nobody gets in: the drain says so, and the schedule sends the task again
            trouble = f" The ERP does not take note of it: {error}"
        _logger.error("%s is given up: %s%s", task, reason, trouble)

    def risen(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return the tasks for which somebody has pressed the button; each is handed out once."""
        try:
            rows = self._erp.call(OUTBOX, "raise_tasks")
        except CardSystemError:
            return  # the drain says what is wrong
        for row in rows:
            yield row["task"], row["arguments"]
