"""Who may change points right now, and what the entries will say."""

from contextlib import contextmanager
from contextvars import ContextVar

_OPENING = ContextVar("opening", default=None)


@contextmanager
def open_ledger(**values):
    """Allow the code inside to change points; *values* describe the entries that will be written.

    A variable of this thread, not a context key: no RPC client can send it, and no action or
    mail that is made inside carries it away.
    """
    token = _OPENING.set(values)
    try:
        yield
    finally:
        _OPENING.reset(token)


def opening():
    """Return the entry values of :func:`open_ledger`, or None when nobody opened the ledger."""
    return _OPENING.get()
