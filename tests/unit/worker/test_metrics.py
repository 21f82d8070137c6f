import subprocess
import sys
import textwrap

import pytest

from connector.exceptions import ErpUnreachable
from connector.foreign.changes import Page
from connector.foreign.host import Kept
from worker.metrics import Metrics

# In a process of its own: the library decides at its first import where it counts.
FORKED = """
import os, urllib.request
from worker import metrics
name = ["main"]
folder = metrics.prepare(lambda: name[0])
figures = metrics.Metrics()
for child in ("1", "2", "1"):
    if os.fork() == 0:
        name[0] = child
        figures.rows("issue", "done", 2)
        os._exit(0)
    os.wait()
port = metrics.serve(0)
with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
    print(answer.read().decode())
print("files", len(list(folder.glob("counter_*"))))
metrics.forget(folder)
print("left", folder.exists())
"""


class Erp:
    server_time = None

    def __init__(self) -> None:
        self.error: Exception | None = None

    def call(self, _model, method, ids=None, /, **kwargs):
        if self.error:
            raise self.error
        return {"rows": [], "backlog": 7, "lag_s": 2.5}

    def version(self) -> str:
        return "19.0"


def test_the_processes_of_a_worker_count_together_and_leave_no_files():
    argv = [sys.executable, "-c", textwrap.dedent(FORKED)]
    said = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert 'customer_card_rows_total{outcome="done",stream="issue"} 6.0' in said.stdout
    assert "files 2" in said.stdout, "a process that takes another's place bears its name"
    assert "left False" in said.stdout


def test_calls_are_timed_and_say_whether_the_erp_is_up():
    figures, erp = Metrics(), Erp()
    timed = figures.timed(erp, "cards")
    timed.call("customer.card.outbox", "pull")
    known = figures._registry.get_sample_value
    assert known("customer_card_backlog", {"stream": "local"}) == 7
    assert known("customer_card_lag_seconds", {"stream": "local"}) == 2.5
    assert known("customer_card_erp_up", {"erp": "cards"}) == 1
    erp.error = ErpUnreachable("No answer.")
    with pytest.raises(ErpUnreachable):
        timed.call("customer.card.outbox", "pull")
    assert known("customer_card_erp_up", {"erp": "cards"}) == 0
    calls = {"erp": "cards", "method": "pull"}
    assert known("customer_card_erp_seconds_count", calls) == 2
    assert timed.version() == "19.0"


def test_pages_of_several_foreign_erps_are_counted_apart():
    figures = Metrics()
    figures.page("nord", "invoice_line", Page(rejects=[{}]), Kept(new=3, lateness=2), 0.1)
    figures.page("nord", "invoice_line", Page(), Kept(new=1, lateness=1), 0.1)
    figures.page("sued", "invoice_line", Page(), Kept(new=5, lateness=9), 0.1)
    known = figures._registry.get_sample_value
    for source, new, rejected, late, pages in (("nord", 4, 1, 2, 2), ("sued", 5, 0, 9, 1)):
        of = {"source": source, "stream": "invoice_line"}
        rows = "customer_card_foreign_rows_total"
        assert known(rows, {**of, "outcome": "new"}) == new
        assert known(rows, {**of, "outcome": "rejected"}) == rejected
        assert known("customer_card_lateness_seconds", of) == late
        assert known("customer_card_page_seconds_count", of) == pages
