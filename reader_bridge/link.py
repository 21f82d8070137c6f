"""A thread's own line to the ERP: opened when needed, thrown away after an error."""

from collections.abc import Callable
from typing import Any

from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import ErpRefused
from reader_bridge.keyfile import Access


class Link:
    """Makes calls on the till's models; one link per thread.

    :param access: shared with the other threads; a new key in it is used from the next call on
    :param dial: how to open a connection
    """

    def __init__(self, access: Access, dial: Callable[[ErpSettings], Erp] = connect) -> None:
        self._access = access
        self._dial = dial
        self._erp: Erp | None = None
        self._opened_with: ErpSettings | None = None

    def till(self, method: str, /, **kwargs: Any) -> Any:
        """Call a method of the till this user stands for."""
        return self._call("customer.till", method, kwargs)

    def encoding(self, method: str, /, **kwargs: Any) -> Any:
        """Call a method of the cards being written."""
        return self._call("customer.card.encoding", method, kwargs)

    def _call(self, model: str, method: str, kwargs: dict[str, Any]) -> Any:
        try:
            settings = self._access.settings
            if self._erp is None or self._opened_with is not settings:
                self._erp, self._opened_with = self._dial(settings), settings
            return self._erp.call(model, method, **kwargs)
        except Exception as error:
            if isinstance(error, ErpRefused) and error.is_access:
                self._access.reload()
            # A session that ended in an error may be the error.
            self._erp = None
            raise
