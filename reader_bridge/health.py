"""``/healthz`` and ``/metrics`` on this machine only: what lives, what waits, which readers?"""

import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reader_bridge import metrics

HOST = "127.0.0.1"
# Whoever asks is on this machine and asks for a short page.
_MOST_AT_ONCE = 16
_PATIENCE_S = 5.0
_MOST_BYTES = 8192


class Health:
    """A small web server for supervision and ``customer-card-bridge status``.

    :param report: returns what there is to say; ``ok`` decides between 200 and 503
    :param wake: something was put into the spool by another program; harmless, whoever asks
    :param port: 0 for any free one
    """

    def __init__(
        self,
        report: Callable[[], dict[str, Any]],
        port: int,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._server = _Server((HOST, port), _handler(report, wake))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 5}, daemon=True
        )

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Give the port back."""
        self._server.socket.close()


class _Server(ThreadingHTTPServer):
    """Answers a few at once; whoever comes on top of that is hung up on."""

    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: somebody hung up."""


class _Question:
    """The head of one request, read within a few seconds and kilobytes, however slowly it comes."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until_s = time.monotonic() + _PATIENCE_S
        self._buffer = b""
        self._left = _MOST_BYTES

    def readline(self, _limit: int = -1) -> bytes:
        """Return the next line; nothing after the last one, or when it was too much.

        :raises TimeoutError: it took too long
        """
        while b"\n" not in self._buffer:
            wait_s = self._until_s - time.monotonic()
            if wait_s <= 0:
                raise TimeoutError
            self._connection.settimeout(wait_s)
            more = self._connection.recv(min(1024, self._left)) if self._left else b""
            if not more:
                self._buffer = b""
                return b""
            self._left -= len(more)
            self._buffer += more
        line, end, self._buffer = self._buffer.partition(b"\n")
        return line + end

    def close(self) -> None:
        """Nothing to give back: the server closes the connection."""


def _handler(
    report: Callable[[], dict[str, Any]], wake: Callable[[], None]
) -> type[BaseHTTPRequestHandler]:
    def healthz() -> tuple[int, str, str]:
        facts = report()
        return _json(200 if facts["ok"] else 503, facts)

    def wake_up() -> tuple[int, str, str]:
        wake()
        return _json(200, {})

    routes = {
        ("GET", "/healthz"): healthz,
        ("GET", "/metrics"): lambda: (200, metrics.CONTENT_TYPE, metrics.render(report())),
        ("POST", "/wake"): wake_up,
    }
    unknown = _json(404, {"error": "there are only /healthz and /metrics"})

    class Handler(BaseHTTPRequestHandler):
        server_version = "customer-card-bridge"
        sys_version = ""

        timeout = _PATIENCE_S

        def setup(self) -> None:
            super().setup()
            self.rfile.close()
            self.rfile = _Question(self.connection)  # type: ignore[assignment]

        def do_GET(self) -> None:
            self.connection.settimeout(_PATIENCE_S)
            if self._is_for_us():
                self._send(*routes.get((self.command, self.path), lambda: unknown)())
            else:
                self._send(*_json(403, {"error": "ask for 127.0.0.1"}))

        do_POST = do_GET  # noqa: N815 - as http.server wants it

        def _is_for_us(self) -> bool:
            # A page from the internet can point its own name at 127.0.0.1; the name gives it away.
            host, _, port = (self.headers.get("Host") or "").partition(":")
            ours = str(self.server.server_port)  # type: ignore[attr-defined]
            # No page has business here, whatever it calls us; programs name no origin.
            from_page = "Origin" in self.headers
            return host in {HOST, "localhost"} and port == ours and not from_page

        def _send(self, status: int, content_type: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: it is asked every few seconds."""

    return Handler


def _json(status: int, facts: dict[str, Any]) -> tuple[int, str, str]:
    return status, "application/json; charset=utf-8", json.dumps(facts, ensure_ascii=False)
