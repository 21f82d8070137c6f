"""The server's own steps on what is frozen for everybody else."""

from contextlib import contextmanager
from contextvars import ContextVar

# A variable of this thread: no RPC client can set it.
_STEP = ContextVar("server_step", default=False)


@contextmanager
def server_step():
    """Let the server's own steps write on what is frozen for everybody else."""
    token = _STEP.set(True)
    try:
        yield
    finally:
        _STEP.reset(token)


def in_server_step():
    """Tell whether the code that asks runs inside :func:`server_step`."""
    return _STEP.get()
