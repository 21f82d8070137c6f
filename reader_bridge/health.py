"""``/healthz`` on this machine only: watcher alive, cards waiting, which readers?"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


class Health:
    """A small web server for supervision and ``customer-card-bridge status``.

    :param report: returns what there is to say; ``ok`` decides between 200 and 503
    :param port: 0 for any free one
    """

    def __init__(self, report: Callable[[], dict[str, Any]], port: int) -> None:
        self._server = ThreadingHTTPServer((HOST, port), _handler(report))
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


def _handler(report: Callable[[], dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "customer-card-bridge"
        sys_version = ""

        def do_GET(self) -> None:
            # A page from the internet can point its own name at 127.0.0.1; the name gives it away.
            host, _, port = (self.headers.get("Host") or "").partition(":")
            if host not in {HOST, "localhost"} or port != str(self.server.server_port):  # type: ignore[attr-defined]
                self._send(403, {"error": "ask for 127.0.0.1"})
            elif self.path != "/healthz":
                self._send(404, {"error": "there is only /healthz"})
            else:
                facts = report()
                self._send(200 if facts["ok"] else 503, facts)

        def _send(self, status: int, facts: dict[str, Any]) -> None:
            body = json.dumps(facts, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: it is asked every few seconds."""

    return Handler
