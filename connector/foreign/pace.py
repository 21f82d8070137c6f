"""How fast a foreign ERP is read: its people come first by day, nobody is there at night."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock_time
from zoneinfo import ZoneInfo

# Measured on Odoo 19: pages of 500 that rest three times as long as they took leave the clicks of
# the others as fast as they were. Pages of 5000 cost both ERPs a fifth less than those of 2000, and
# larger ones little less.
DAY_PAGE, DAY_REST = 500, 3.0
NIGHT_PAGE, NIGHT_REST = 5000, 0.0
# The longest pause of who was refused by a conflict (the addon's quick_repeat) is half of it.
TURN_S = 0.5


@dataclass(frozen=True, slots=True)
class Night:
    """The hours of full speed, which may span midnight; from = until is all day long."""

    begins: clock_time = clock_time(20)
    ends: clock_time = clock_time(6)
    timezone: str = "Europe/Berlin"

    def includes(self, moment: datetime) -> bool:
        """Return whether *moment* lies in these hours."""
        now = moment.astimezone(ZoneInfo(self.timezone)).time()
        if self.begins < self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


class Pace:
    """The size of the pages and the rest after each."""

    def __init__(
        self,
        night: Night,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._night = night
        self._now = now
        self._sleep = sleep

    @property
    def page(self) -> int:
        """Rows for the next page."""
        return NIGHT_PAGE if self._night.includes(self._now()) else DAY_PAGE

    @property
    def hurries(self) -> bool:
        """True when the next page may be read before this one is kept."""
        return self._night.includes(self._now())

    def rest(self, took_s: float) -> None:
        """Leave the ERP to the others for a while."""
        factor = NIGHT_REST if self._night.includes(self._now()) else DAY_REST
        if factor:
            self._sleep(took_s * factor)

    def step_back(self) -> None:
        """Let others at the host have their turn between two calls of one kind."""
        self._sleep(TURN_S)
