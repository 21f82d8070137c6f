import json
from pathlib import Path

import pytest

from connector import cli
from connector.check.erps import check
from connector.erp import ErpSettings
from connector.exceptions import ErpRefused, ErpUnreachable
from connector.mapping import schema
from tests.unit.foreign_table import MAPPING, ForeignTable
from tests.unit.table_erp import TableErp

SETTINGS = ErpSettings("http://erp", "shop", "worker", "k3y")
FILE = """\
erp: {url: "http://erp.example.com", database: shop, login: worker, secret: env:CARD_KEY}
broker: {url: "redis://:hidden@127.0.0.1/0", password: hidden}
mapping: odoo-19
"""


class CheckedErp(TableErp):
    """Answers what ``check`` asks beside reading."""

    def __init__(self) -> None:
        super().__init__()
        self.invoice(1.0)
        self.add("res.users")
        self.server_time = None

    def context_get(self, _table, _ids):
        return {"lang": "de_DE"}

    def search_read(self, table, _ids, **_):
        return list(table.values())[:1]


@pytest.fixture
def erp() -> CheckedErp:
    return CheckedErp()


def texts(erp: TableErp, level: str) -> list[str]:
    findings = check(SETTINGS, schema.load("odoo-19"), erp)
    return [finding.text for finding in findings if finding.level == level]


def test_a_fitting_erp_has_no_error(erp):
    assert texts(erp, "error") == []
    assert texts(erp, "warning") == [
        "When the API key of worker ends cannot be seen over RPC; Odoo says it under My Profile >"
        " Account Security.",
        "pos_line: the ERP has no pos.order.line; nothing to read there.",
        "stock_move: the ERP has no stock.move; nothing to read there.",
    ]
    assert "invoice_line: account.move.line, all fields there and readable." in texts(erp, "ok")


def test_a_check_is_no_sign_of_life_of_a_worker(erp):
    texts(erp, "ok")
    assert ("customer.card.outbox", "pull") not in erp.calls


def test_a_renamed_field_is_named_with_the_nearest_one(erp):
    erp.fields["account.move.line"]["price_total_x"] = erp.fields["account.move.line"].pop(
        "price_total"
    )
    (problem,) = texts(erp, "error")
    assert "no field 'price_total' in account.move.line, did you mean 'price_total_x'?" in problem


def test_another_version_is_a_warning(erp, monkeypatch):
    monkeypatch.setattr(erp, "version", lambda: "saas~18.2")
    assert "odoo-19.yaml is for version 19, the ERP is saas~18.2." in texts(erp, "warning")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ErpUnreachable("No answer from the ERP."), "No answer from the ERP."),
        (ErpRefused("odoo.exceptions.AccessDenied", "Wrong key."), "Wrong key."),
    ],
)
def test_what_makes_the_rest_pointless_is_the_only_error(erp, error, text):
    erp.errors = [error]
    assert texts(erp, "error") == [text]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ErpRefused("odoo.exceptions.AccessError", "Not a worker."), "This user may not do the"),
        (
            ErpRefused("werkzeug.exceptions.NotFound", "x"),
            "The app Customer Cards is not installed",
        ),
    ],
)
def test_the_addon_is_asked_for_the_right_to_book(erp, error, text, monkeypatch):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(erp, "book_issues", refuse)
    (found,) = texts(erp, "error")
    assert found.startswith(text)


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CARD_KEY", "k3y")
    path = tmp_path / "worker.yaml"
    path.write_text(FILE)
    return path


def test_the_command_prints_and_exits_for_people_and_programs(file, erp, monkeypatch, capsys):
    monkeypatch.setattr("connector.check.erps.connect", lambda _: erp)
    assert cli.main(["check", str(file)]) == 0
    assert "ok      Odoo 19.0 answers" in capsys.readouterr().out
    erp.errors = [ErpUnreachable("No answer.")]
    assert cli.main(["check", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[-1] == {"level": "error", "text": "No answer."}


def test_wrong_settings_exit_with_two(file, capsys):
    file.write_text(FILE.replace("database", "databse"))
    assert cli.main(["check", str(file)]) == 2
    assert "unknown key 'databse', did you mean 'database'?" in capsys.readouterr().err


def test_the_settings_are_shown_without_secrets(file, capsys):
    assert cli.main(["config", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "hidden" not in shown
    assert "k3y" not in shown
    assert "secret: env:CARD_KEY" in shown


def test_a_foreign_erp_is_looked_at_too(file, erp, monkeypatch, capsys, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(MAPPING)
    file.write_text(
        FILE
        + "foreign:\n  name: nord\n  mapping: own.yaml\n  read: {window_s: 60}\n"
        + '  erp: {url: "http://nord", database: n, login: s, secret: env:CARD_KEY}\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(erp, "is_known", lambda *_, **__: True, raising=False)
    erp.tables["customer.card.sync.source"] = {}
    foreign = ForeignTable()
    foreign.write()
    sides = {"http://nord": foreign}
    for place in ("connector.check.erps.connect", "connector.cli.connect"):
        monkeypatch.setattr(place, lambda settings: sides.get(settings.url, erp))
    assert cli.main(["check", str(file), "--json"]) == 0
    texts = [one["text"] for one in json.loads(capsys.readouterr().out)]
    assert any("nord: invoice_line: the 1 newest rows fit." in text for text in texts)
    own.write_text(MAPPING.replace("price: amount", "price: amuont"))
    assert cli.main(["check", str(file)]) == 1
    assert "did you mean 'amount'?" in capsys.readouterr().out
    own.write_text(MAPPING.replace("watch:", "wach:"))
    assert cli.main(["check", str(file)]) == 2
    assert "own.yaml:6:3: unknown key 'wach', did you mean 'watch'?" in capsys.readouterr().err


def test_a_foreign_erp_that_is_read_needs_its_name(file, capsys):
    text = '\nforeign:\n  mapping: odoo-14\n  read: {}\n  erp: {url: "http://n", database: n}\n'
    file.write_text(
        FILE + text.replace("database: n}", "database: n, login: s, secret: env:CARD_KEY}")
    )
    assert cli.main(["check", str(file)]) == 2
    assert "foreign.name: give the name that it has in Odoo" in capsys.readouterr().err
