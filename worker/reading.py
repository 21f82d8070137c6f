"""The foreign ERP's changes, past and comparison, as the tasks call them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connector.erp import Erp, connect
from connector.exceptions import CardSystemError, ConfigInvalid, ErpUnreachable, FatalError
from connector.foreign.host import SyncHost
from connector.foreign.pace import Pace
from connector.foreign.settings import ForeignSettings, ReadSettings
from connector.foreign.source import COMPARISON, Going, Observe, Source
from connector.mapping.schema import load
from connector.rows import Rows
from worker.outage import Outage
from worker.resident import Resident
from worker.suspects import Suspects

CHANGES, PAST = "changes", "past"
# A comparison that was asked for and not begun (the past is not read yet) is asked for again.
ASK_AGAIN_S = 20.0


class Reading:
    """One foreign ERP; what goes wrong is noted at the host, where the shop sees it.

    :param worker: who asks, shown at the host
    :param observe: told of each page that was kept
    :param wrong: told after each scan whether something is wrong, whichever part of us says so
    """

    def __init__(
        self,
        host: Erp,
        foreign: ForeignSettings,
        worker: str,
        version: str,
        observe: Observe | None = None,
        wrong: Callable[[bool], None] = lambda _: None,
        connect_to: Callable[..., Erp] = connect,
    ) -> None:
        self.settings = foreign.read or ReadSettings()
        self._host = SyncHost(host, foreign.name, worker, version)
        rows = Rows(connect_to(foreign.erp), load(foreign.mapping))
        self._source = Source(
            self._host,
            rows,
            Pace(self.settings.night),
            window_s=self.settings.window_s,
            streams=self.settings.streams,
            history=self.settings.history,
            observe=observe,
        )
        self._wrong = wrong
        self._told: dict[str, str] = {}

    def read(self, going: Going) -> bool:
        """Scan all streams once; return whether there was something new.

        :raises RetryableError: one of the two ERPs is away or busy; nothing is lost
        :raises FatalError: somebody has to change something first
        """
        is_wrong = True
        try:
            with self._telling(CHANGES):
                worked = self._source.changes(going)
            is_wrong = bool(self._source.troubles)
        finally:
            self._wrong(is_wrong)
        return worked

    def backfill(self, going: Going) -> bool:
        """Go on with the past while *going*; return whether something of it is left."""
        with self._telling(PAST):
            return self._source.past(going)

    def reconcile(self) -> str:
        """Compare both sides if it is due; return what was found, for the log."""
        with self._telling(COMPARISON):
            if not self._source.is_compare_due():
                return ""
            found = self._source.compare()
        parts = [
            f"{name}: {one.new} new, {one.changed} changed, {one.gone} gone"
            for name, one in found.items()
            if one.differing
        ]
        return f"Compared with {self._host.source}: {'; '.join(parts) or 'all the same'}."

    @property
    def asked(self) -> bool:
        """Somebody wants a comparison now."""
        return self._source.asked

    @property
    def trouble(self) -> str:
        """What the form in Odoo shows as wrong, of all parts; empty when nothing is."""
        text = " ".join(dict.fromkeys(self._source.troubles.values()))
        return f"{self._host.source}: {text}" if text else ""

    @contextmanager
    def _telling(self, part: str) -> Iterator[None]:
        """Note what stops this part of us, once, and its end."""
        try:
            yield
        except (FatalError, ErpUnreachable) as error:
            self._tell(part, str(error))
            if isinstance(error, ConfigInvalid):
                self._source.forget()  # apps and fields come and go
            raise
        self._tell(part, "")

    def _tell(self, part: str, text: str) -> None:
        if text == self._told.get(part):
            return
        try:
            self._host.report(text, part=part)
        except CardSystemError:
            return  # the next one tells it
        self._told[part] = text


class Scan(Resident):
    """A resident loop: one scan of all streams in each round.

    :param compare: starts a comparison beside it, when somebody asks for one
    """

    def __init__(
        self,
        reading: Reading,
        outage: Outage,
        suspects: Suspects,
        *,
        compare: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> None:
        super().__init__(outage, suspects, **options)
        self._reading = reading
        self._compare = compare
        self._compared_at = -ASK_AGAIN_S

    def round(self) -> bool:
        """Scan once. What was found needs no haste: the pause is the same."""
        self._reading.read(self.going)
        if self._reading.asked and self._clock() - self._compared_at >= ASK_AGAIN_S:
            self._compared_at = self._clock()
            self._compare()
        return False
