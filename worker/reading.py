"""The foreign ERP's changes, past and comparison, as the tasks call them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connector.erp import Erp, connect
from connector.exceptions import CardSystemError, ConfigInvalid, ErpUnreachable, FatalError
from connector.foreign import ForeignSettings
from connector.mapping.schema import load
from connector.pace import Pace
from connector.pull import Going, Observe, Pull
from connector.readsettings import ReadSettings
from connector.rows import Rows
from connector.synchost import SyncHost


class Reading:
    """One foreign ERP; what goes wrong is noted at the host, where the shop sees it.

    :param worker: who asks, shown at the host
    :param observe: told of each page that was kept
    """

    def __init__(
        self,
        host: Erp,
        foreign: ForeignSettings,
        worker: str,
        version: str,
        observe: Observe | None = None,
        connect_to: Callable[..., Erp] = connect,
    ) -> None:
        self.settings = foreign.read or ReadSettings()
        self._host = SyncHost(host, foreign.name, worker, version)
        rows = Rows(connect_to(foreign.erp), load(foreign.mapping))
        self._pull = Pull(
            self._host,
            rows,
            Pace(self.settings.night),
            window_s=self.settings.window_s,
            streams=self.settings.streams,
            history=self.settings.history,
            observe=observe,
        )
        self._told: str | None = None

    def read(self, going: Going) -> bool:
        """Scan all streams once; return whether there was something new.

        :raises RetryableError: one of the two ERPs is away or busy; nothing is lost
        :raises FatalError: somebody has to change something first
        """
        with self._telling():
            return self._pull.changes(going)

    def backfill(self, going: Going) -> bool:
        """Go on with the past while *going*; return whether something of it is left."""
        with self._telling():
            return self._pull.past(going)

    def reconcile(self) -> str:
        """Compare both sides if it is due; return what was found, for the log."""
        with self._telling():
            if not self._pull.is_compare_due():
                return ""
            found = self._pull.compare()
        parts = [
            f"{name}: {one.new} new, {one.changed} changed, {one.gone} gone"
            for name, one in found.items()
            if one.differing
        ]
        return f"Compared with {self._host.source}: {'; '.join(parts) or 'all the same'}."

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Note what stops us, once, and its end."""
        try:
            yield
        except (FatalError, ErpUnreachable) as error:
            self._tell(str(error))
            if isinstance(error, ConfigInvalid):
                self._pull.forget()  # apps and fields come and go
            raise
        self._tell("")

    def _tell(self, text: str) -> None:
        if text == self._told:
            return
        try:
            self._host.note(text)
        except CardSystemError:
            return  # the next one tells it
        self._told = text
