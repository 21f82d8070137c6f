"""Reads the changes of a foreign ERP."""

from typing import Any

from worker.outage import Outage
from worker.reading import Reading
from worker.resident import Resident
from worker.suspects import Suspects


class Scan(Resident):
    """A resident loop: one scan of all streams in each round."""

    def __init__(
        self, reading: Reading, outage: Outage, suspects: Suspects, **options: Any
    ) -> None:
        super().__init__(outage, suspects, **options)
        self._reading = reading

    def round(self) -> bool:
        """Scan once. What was found needs no haste: the pause is the same."""
        self._reading.read(self.going)
        return False
