"""A thread's own line to the ERP: opened when needed, thrown away after an error."""

from collections.abc import Callable
from typing import Any

from connector.erp import Erp, ErpSettings, connect


class Link:
    """Makes calls on the till's models; one link per thread.

    :param dial: how to open a connection
    """

    def __init__(self, settings: ErpSettings, dial: Callable[[ErpSettings], Erp] = connect) -> None:
        self._settings = settings
        self._dial = dial
        self._erp: Erp | None = None

    def till(self, method: str, /, **kwargs: Any) -> Any:
        """Call a method of the till this user stands for."""
        return self._call("customer.till", method, kwargs)

    def encoding(self, method: str, /, **kwargs: Any) -> Any:
        """Call a method of the cards being written."""
        return self._call("customer.card.encoding", method, kwargs)

    def _call(self, model: str, method: str, kwargs: dict[str, Any]) -> Any:
        try:
            if self._erp is None:
                self._erp = self._dial(self._settings)
            return self._erp.call(model, method, **kwargs)
        except Exception:
            # A session that ended in an error may be the error.
            self._erp = None
            raise
