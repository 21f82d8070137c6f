"""A Redis of our own on a free port of the loopback; it keeps nothing on disk."""

import socket

from dev import process, state
from dev.paths import private


class Redis:
    """One server, named after what it is for."""

    def __init__(self, name: str) -> None:
        self.name = f"{name}-redis"

    @property
    def url(self) -> str:
        """Return the address for clients; it stays the same after a restart."""
        record = process.running(self.name)
        number = record["port"] if record else state.load()[f"port-{self.name}"]
        return f"redis://127.0.0.1:{number}/0"

    def start(self) -> None:
        """Start it if it does not run."""
        if process.running(self.name):
            return
        number = state.port(self.name)
        keep_nothing = ["--save", "", "--appendonly", "no"]
        where = ["--bind", "127.0.0.1", "--port", str(number), "--dir", private()]
        process.start(
            self.name,
            ["redis-server", *where, *keep_nothing],
            ready=lambda: _answers(number),
            port=number,
        )

    def flush(self) -> None:
        """Empty it."""
        _ask(int(self.url.rpartition(":")[2].partition("/")[0]), b"FLUSHALL")

    def stop(self) -> None:
        """Stop it, if it runs."""
        process.stop(self.name)


def _answers(port: int) -> bool:
    try:
        return _ask(port, b"PING").startswith(b"+PONG")
    except OSError:
        return False


def _ask(port: int, command: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(command + b"\r\n")
        return connection.recv(64)
