"""A fake ERP: a real HTTP server that speaks the bridge's calls over /json/2, no Odoo behind it.

It stands in for Odoo where a test needs an ERP that fails on command: refuses, hangs, breaks off
after the commit, answers rubbish. Effects are counted once per key, as the real one does.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reader_bridge.credential import make_token

Trouble = Callable[[str], "tuple[int, Any] | None"]


class FakeErp:
    """The ERP's side of one till.

    :param port: 0 for any; give the old one to come back after :meth:`stop`
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.answers: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.calls: Counter[str] = Counter()
        self.arrived_s: dict[str, float] = {}
        self.beats: list[dict[str, Any]] = []
        self.jobs: dict[int, dict[str, Any]] = {}
        self.codes: list[str] = []
        self.removed: list[str] = []
        self.failures: list[str] = []
        self.wanted: str | None = None
        self.status = "pushed"
        self.watch = False
        self.location = ""
        self.language = "en_US"
        self.before: Trouble = lambda _: None
        self.after: Trouble = lambda _: None
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> "FakeErp":
        """Listen; the port stays the same over a stop and a start."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def values(self) -> list[str]:
        """Return what the events said, in the order they were booked."""
        return [event["value"] for event in self.events]

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Return the HTTP status and the JSON of one call."""
        method = path.rsplit("/", 1)[-1]
        self.calls[method] += 1
        if (trouble := self.before(method)) is not None:
            return trouble
        with self._lock:
            result = getattr(self, f"_{method}")(**body)
        if (trouble := self.after(method)) is not None:
            return trouble
        return 200, result

    def _card_presented(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self._book(event) for event in events]

    def _book(self, event: dict[str, Any]) -> dict[str, Any]:
        key = event["key"]
        if key in self.answers:
            return {**self.answers[key], "duplicate": True}
        self.events.append(event)
        self.arrived_s[key] = time.monotonic()
        if self.wanted is not None and event["kind"] in ("uid", "token", "unreadable"):
            return self._encode(event)
        status = "unreadable" if event["kind"] == "unreadable" else self.status
        self.answers[key] = {
            "key": key,
            "status": status,
            "action": "customer",
            "message": f"Card {len(self.events)}",
            "event_id": len(self.events),
            "duplicate": False,
            "watch_removal": self.watch,
        }
        return self.answers[key]

    def _encode(self, event: dict[str, Any]) -> dict[str, Any]:
        """Tell the till to write; a card that carries an unconfirmed try's token confirms it."""
        answer = {"key": event["key"], "action": "", "event_id": 1, "duplicate": False}
        waiting = [job for job in self.jobs.values() if job["state"] == "open"]
        for job in waiting:
            if event["value"] in job["tries"]:
                self._confirm(job["encoding_id"], event["value"])
                return {**answer, "status": "done", "message": f"Card {job['number']} is ready"}
        if waiting:
            waiting[0]["tries"].append(make_token())
        else:
            self._reserve(self.wanted or "")
        job = next(each for each in self.jobs.values() if each["state"] == "open")
        encode = {"encoding_id": job["encoding_id"], "token": job["tries"][-1]}
        return {
            **answer,
            "status": "encode",
            "message": "Writing",
            "encode": {**encode, "number": self.wanted, "overwrite": False},
        }

    def _pair(self, code: str) -> dict[str, Any]:
        self.codes.append(code)
        return {
            "login": "reader-1",
            "key": "paired key",
            "database": "fake",
            "till": "Theke 1",
            "valid_until": "2027-11-20",
        }

    def _card_removed(self, key: str) -> bool:
        self.removed.append(key)
        return True

    def _failed(self, encoding_id: int, reason: str) -> bool:
        self.failures.append(reason)
        return True

    def _card_outcomes(self, keys: list[str]) -> list[dict[str, Any]]:
        return [{"key": key, "state": "done", "message": "71 left"} for key in keys]

    def _heartbeat(self, info: dict[str, Any]) -> dict[str, Any]:
        self.beats.append(info)
        return {"till": "Theke 1", "now": "", "lang": self.language, "screen": True}

    def _reserve(self, number: str) -> dict[str, Any]:
        job = {"encoding_id": len(self.jobs) + 1, "token": make_token(), "number": number}
        self.jobs[job["encoding_id"]] = {**job, "state": "open", "tries": [job["token"]]}
        return job

    def _confirm(self, encoding_id: int, read_back: str) -> dict[str, Any]:
        job = self.jobs[encoding_id]
        assert read_back in job["tries"]
        job["state"], job["holds"], self.wanted = "done", read_back, None
        return {"number": job["number"], "message": f"Card {job['number']} is ready"}

    def _abort(self, encoding_id: int) -> bool:
        self.jobs[encoding_id]["state"] = "aborted"
        return True


def _handler(erp: FakeErp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, result = erp.answer(self.path, body)
            if status == 0:  # break off without a word
                self.close_connection = True
                return
            data = json.dumps(result).encode()
            self.send_response(status)
            if erp.location:
                self.send_header("Location", erp.location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
