"""One line when an ERP goes away and one when it is back, however often it was asked between."""

import logging
import random
import time
from collections.abc import Callable

from connector.exceptions import ErpRefused

_logger = logging.getLogger(__name__)
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0


class Outage:
    """Whether the ERP is away, since when, and how long to wait before the next try.

    :param name: of the ERP, where there are several
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, name: str = "") -> None:
        self._prefix = f"{name}: " if name else ""
        self._clock = clock
        self._text = ""
        self._since = 0.0
        self._kind = ""
        self._tries = 0

    @property
    def is_on(self) -> bool:
        """True from the first failed call to the next good one."""
        return self._tries > 0

    @property
    def reason(self) -> str:
        """What is wrong, for ``health``; empty when nothing is."""
        return self._text

    def failed(self, error: Exception) -> float:
        """Note a failed call and return the seconds to wait before the next."""
        if not self.is_on:
            self._since = self._clock()
        kind = error.name if isinstance(error, ErpRefused) else type(error).__name__
        if kind != self._kind:
            self._kind, self._text = kind, self._prefix + _sentence(error)
            _logger.warning("%s Nothing is lost; trying again until it works.", self._text)
        self._tries += 1
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (self._tries - 1))
        return pause * random.uniform(0.5, 1.0)

    def over(self) -> None:
        """Note a good call."""
        if self.is_on:
            past_s = self._clock() - self._since
            _logger.info("%sThe ERP answers again, after %.0f s.", self._prefix, past_s)
            self._tries, self._kind, self._text = 0, "", ""


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if text.endswith((".", "?", "!")) else f"{text}."
