"""The only way to the ERP: one ``call``, three transports, errors sorted by what to do next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from connector.erp.settings import TRANSPORTS, ErpSettings

__all__ = ["TRANSPORTS", "Erp", "ErpSettings", "connect"]


class Erp(Protocol):
    """An ERP that answers calls."""

    @property
    def server_time(self) -> datetime | None:
        """The ERP's clock at its last answer (UTC), None before the first."""

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        """Call one public method of the ERP and return its result.

        :param ids: the records it is called on; None for a method of the model itself
        :raises RetryableError: the call may be made again (a write with its key)
        :raises ErpRefused: the ERP answered no
        """

    def version(self) -> str:
        """Return the ERP's version, like "19.0"; needs no login."""


def connect(settings: ErpSettings) -> Erp:
    """Return the ERP of *settings*; nothing is sent before the first call."""
    # Loaded with the first connection: a till watches its readers before it can speak HTTP.
    from connector.erp.transports import CLASSES

    return CLASSES[settings.transport](settings)
