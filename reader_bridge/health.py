"""``/healthz`` and ``/metrics`` on this machine only: what lives, what waits, which readers?"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reader_bridge import metrics

HOST = "127.0.0.1"


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
        self._server = ThreadingHTTPServer((HOST, port), _handler(report, wake))
        self._server.daemon_threads = True
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

        def do_GET(self) -> None:
            if self._is_for_us():
                self._send(*routes.get((self.command, self.path), lambda: unknown)())
            else:
                self._send(*_json(403, {"error": "ask for 127.0.0.1"}))

        do_POST = do_GET  # noqa: N815 - as http.server wants it

        def _is_for_us(self) -> bool:
            # A page from the internet can point its own name at 127.0.0.1; the name gives it away.
            host, _, port = (self.headers.get("Host") or "").partition(":")
            ours = str(self.server.server_port)  # type: ignore[attr-defined]
            return host in {HOST, "localhost"} and port == ours

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
