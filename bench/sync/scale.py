"""Several worker processes against an ERP that takes 60 ms for each page, whoever asks."""

import json
import multiprocessing
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.sync.figures import Figure
from bench.sync.rig import Rig
from connector.erp import ErpSettings, connect
from connector.mapping import schema
from connector.rows import Rows

PAGE_S = 0.06
PAGES = 40
PROCESSES = (1, 2, 4, 8)


def measure(rig: Rig) -> list[Figure]:
    """Return lines a second of one process and of several."""
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    page = rows.search(plan, [], sorted(plan.root.fields), limit=2000)
    answers = {
        model: json.dumps(rows.describe(model)).encode()
        for model in ("account.move.line", "account.move")
    }
    moves = [{"id": row["move_id"], "partner_id": 7, "move_type": "out_invoice"} for row in page]
    stub = _Stub(json.dumps(page).encode(), json.dumps(moves).encode(), answers)
    try:
        rates = {count: _rate(stub.port, count, len(page)) for count in PROCESSES}
    finally:
        stub.stop()
    return [
        Figure(
            *(f"{count} processes, ERP of 60 ms a page", "lines/s", rates[count]),
            *("1 process", rates[1], True, "≥ 7× with 8" if count == 8 else ""),
        )
        for count in PROCESSES[1:]
    ]


class _Stub:
    def __init__(self, page: bytes, moves: bytes, fields: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                model, method = self.path.split("/")[-2:]
                if method == "search_read":
                    time.sleep(PAGE_S)
                body = {"fields_get": fields.get(model, b"{}"), "read": moves}.get(method, page)
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


def _rate(port: int, count: int, size: int) -> float:
    context = multiprocessing.get_context("spawn")
    ready, go = context.Semaphore(0), context.Event()
    workers = [context.Process(target=_work, args=(port, ready, go)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    for worker in workers:
        worker.join()
    return count * PAGES * size / (time.perf_counter() - began)


def _work(port: int, ready: object, go: object) -> None:
    erp = connect(ErpSettings(f"http://127.0.0.1:{port}", "x", "x", "x", "json2"))
    rows = Rows(erp, schema.load("odoo-19"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    ready.release()
    go.wait()
    for _ in range(PAGES):
        plan.records(rows.read(plan, [], limit=2000))
