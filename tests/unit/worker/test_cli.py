import json
import re

import pytest

from connector.exceptions import ErpUnreachable
from tests.unit.table_notes import TableNotes
from worker import cli, health
from worker.app import node
from worker.lease import Alive
from worker.outage import Outage

FILE = """\
erp: {url: "http://erp.example.com", database: shop, login: worker, secret: env:CARD_KEY}
broker: {url: "redis://127.0.0.1:6379/0"}
"""


@pytest.fixture
def config(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("CARD_KEY", "k3y")
    path = tmp_path / "worker.yaml"
    path.write_text(FILE)
    return str(path)


@pytest.fixture
def notes(monkeypatch) -> TableNotes:
    notes = TableNotes()
    monkeypatch.setattr(cli, "notes_of", lambda _: notes)
    monkeypatch.setattr(health, "_broker", lambda _: None)
    return notes


def asked(config, capsys, *options) -> tuple[int, str]:
    code = cli.main(["health", "--config", config, *options])
    return code, capsys.readouterr().out


def test_a_worker_that_works(config, notes, capsys):
    Alive(notes, node("worker")).touch()
    code, text = asked(config, capsys)
    assert code == 0
    assert re.fullmatch(r"Last sign of life \d s ago\. All well\.\n", text)  # a busy machine


def test_a_worker_that_does_nothing_wants_a_restart(config, notes, capsys):
    code, text = asked(config, capsys)
    assert (code, "No worker worker@" in text) == (1, True)
    notes.put(f"alive:{node('worker')}", json.dumps({"at": 1}), 60)
    code, text = asked(config, capsys)
    assert (code, "s old" in text) == (1, True)


def test_an_erp_that_is_away_wants_no_restart(config, notes, capsys):
    Alive(notes, node("worker")).touch()
    notes.put("state:drain", "No answer from the ERP at http://x.", 60)
    code, text = asked(config, capsys, "--json")
    found = json.loads(text)
    assert (code, found["state"], found["code"]) == (3, "erp_away", 3)
    assert "No answer from the ERP at http://x." in found["text"]
    assert found["worker"] == node("worker")


FOREIGN = """
foreign:
  - {{name: nord, erp: {erp}, mapping: odoo-14, read: {{}}}}
  - {{name: sued, erp: {erp}, mapping: odoo-14, read: {{}}}}
""".format(erp="{url: 'http://x', database: x, login: x, secret: env:CARD_KEY}")


def test_of_several_foreign_erps_it_is_said_which_one_is_away(config, notes, capsys, tmp_path):
    (tmp_path / "worker.yaml").write_text(FILE + FOREIGN)
    Alive(notes, node("worker")).touch()
    assert asked(config, capsys)[0] == 0
    outage = Outage(name="sued")
    outage.failed(ErpUnreachable("No answer."))
    notes.put("state:read:sued", outage.reason, 60)
    code, text = asked(config, capsys)
    assert (code, "sued: No answer." in text, "nord" in text) == (3, True, False)


def test_several_workers_of_a_host_are_told_apart(config, notes, capsys):
    Alive(notes, node("night")).touch()
    assert asked(config, capsys)[0] == 1
    assert asked(config, capsys, "--name", "night")[0] == 0


def test_notes_that_are_away_are_said(config, notes, capsys):
    notes.down = True
    code, text = asked(config, capsys)
    assert (code, "does not answer" in text) == (3, True)


def test_redis_that_is_away_is_said(config, monkeypatch, capsys, tmp_path):
    (tmp_path / "worker.yaml").write_text(FILE.replace("6379", "1"))
    code, text = asked(config, capsys)
    assert code == 3
    assert "Redis at redis://127.0.0.1:1/0 does not answer" in text


def test_a_missing_mapping_is_said_before_anything_starts(config, tmp_path, capsys):
    (tmp_path / "worker.yaml").write_text(FILE + "mapping: odoo-91\n")
    assert cli.main(["run", "--config", config]) == 2
    assert "no mapping 'odoo-91'" in capsys.readouterr().err


def test_an_unknown_queue_is_said(config, capsys):
    with pytest.raises(SystemExit):
        cli.main(["run", "--config", config, "--queues", "pull,push,slwo"])
    assert "unknown queues: slwo" in capsys.readouterr().err
