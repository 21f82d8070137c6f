"""Several worker processes against an ERP that takes 60 ms for each page, whoever asks."""

import json
import multiprocessing
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.sync.figures import Figure
from bench.sync.rig import Rig
from connector.erp import ErpSettings, connect
from connector.mapping import schema
from connector.rows import Rows

PAGE_S = 0.06
PAGE = 2000
PAGES = 40
LINES, MOVES = "account.move.line", "account.move"
PROCESSES = (1, 2, 4, 8)


def measure(rig: Rig) -> list[Figure]:
    """Return lines a second of one process and of several."""
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    page = rows.search(plan, [["move_id.ref", "=", "clone"]], sorted(plan.root.fields), limit=PAGE)
    moves = [
        {"id": one, "partner_id": 7, "move_type": "out_invoice"}
        for one in sorted({row["move_id"] for row in page})
    ]
    stub = _Stub({LINES: page, MOVES: moves}, {one: rows.describe(one) for one in (LINES, MOVES)})
    try:
        rates = {count: _rate(stub.port, count, len(page)) for count in PROCESSES}
    finally:
        stub.stop()
    figures = [
        Figure(
            *(f"{count} processes, ERP of 60 ms a page", "lines/s", rates[count][0]),
            *("1 process", rates[1][0], True, "≥ 7× with 8" if count == 8 else ""),
        )
        for count in PROCESSES[1:]
    ]
    return [*figures, Figure("its processor time, 1000 lines", "ms", rates[1][1] * 1000)]


class _Stub:
    """Answers with the same rows whatever is asked for, as rows and as columns."""

    def __init__(self, rows: dict[str, Any], fields: dict[str, Any]) -> None:
        bodies = {}
        for model, found in rows.items():
            columns = {f"{name}:array_agg": [row[name] for row in found] for name in found[0]}
            bodies[model, "fields_get"] = fields[model]
            bodies[model, "search"] = [row["id"] for row in found]
            bodies[model, "read"] = found
            bodies[model, "formatted_read_group"] = [columns]
        answers = {call: json.dumps(body).encode() for call, body in bodies.items()}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                model, method = self.path.split("/")[-2:]
                if method == "search":
                    time.sleep(PAGE_S)
                body = answers[model, method]
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _rate(port: int, count: int, size: int) -> tuple[float, float]:
    """Return lines a second, and the processor seconds that 1000 of them cost a process."""
    context = multiprocessing.get_context("spawn")
    ready, go, used = context.Semaphore(0), context.Event(), context.SimpleQueue()
    workers = [context.Process(target=_work, args=(port, ready, go, used)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    for worker in workers:
        worker.join()
    rate = count * PAGES * size / (time.perf_counter() - began)
    return rate, sum(used.get() for _ in workers) * 1000 / (count * PAGES * size)


def _work(port: int, ready: Any, go: Any, used: Any) -> None:
    erp = connect(ErpSettings(f"http://127.0.0.1:{port}", "x", "x", "x", "json2"))
    rows = Rows(erp, schema.load("odoo-19"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    rows.read(plan, [], limit=PAGE, many=True)
    ready.release()
    go.wait()
    began = time.process_time()
    for _ in range(PAGES):
        assert plan.records(rows.read(plan, [], limit=PAGE, many=True))
    used.put(time.process_time() - began)
