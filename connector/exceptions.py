"""What can go wrong, sorted by how the caller has to react.

::

    CardSystemError
    +-- RetryableError        the same call may be made again, and will succeed some day
    |   +-- ErpUnreachable    no answer, or the answer of a proxy: what was asked may have been done
    |   +-- ErpBusy           the ERP answered "not now": nothing was done
    +-- FatalError            the same call fails again until somebody changes something
    |   +-- ErpRefused        the ERP answered no, with a reason
    |   +-- ConfigInvalid     a settings or mapping file is wrong, with file and line
    |   +-- RowUnmappable     one row of the ERP does not fit the mapping
    +-- ReaderError           a card reader or a card
"""

from collections.abc import Sequence


class CardSystemError(Exception):
    """Anything that this system raises on purpose."""


class RetryableError(CardSystemError):
    """The same call may be made again; a write needs its idempotency key for that."""


class ErpUnreachable(RetryableError):
    """No answer from the ERP; whether it did what was asked is not known."""


class ErpBusy(RetryableError):
    """The ERP answered that it cannot do it now; nothing was done."""


class FatalError(CardSystemError):
    """Asking again does not help until somebody changes something."""


class ErpRefused(FatalError):
    """The ERP answered no.

    :param name: dotted class name of the server's exception, the stable code to test for
    :param message: the server's sentence, meant for people
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message

    @property
    def is_access(self) -> bool:
        """True when login, key or rights are the reason, so that no other call will work either."""
        return self.name.rsplit(".", 1)[-1] in {"AccessDenied", "AccessError", "Unauthorized"}

    @property
    def is_missing(self) -> bool:
        """True when the ERP has no such model: the module that brings it is not installed."""
        return self.name.rsplit(".", 1)[-1] == "NotFound"

    @property
    def is_of_records(self) -> bool:
        """True when some records may not be seen; others of the same model perhaps may."""
        return self.name.rsplit(".", 1)[-1] == "AccessError"


class ConfigInvalid(FatalError):
    """A settings or mapping file is wrong.

    :param problems: one sentence each, beginning with file:line:column
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class RowUnmappable(FatalError):
    """One row of the ERP does not fit the mapping.

    :param key: the document line it would have become
    :param reasons: field of ours -> what is wrong
    """

    def __init__(self, key: str, reasons: dict[str, list[str]]) -> None:
        text = "; ".join(f"{field}: {' '.join(why)}" for field, why in sorted(reasons.items()))
        super().__init__(f"{key}: {text}")
        self.key = key
        self.reasons = reasons


class ReaderError(CardSystemError):
    """A card reader, or a card in it, does not do what it should."""
