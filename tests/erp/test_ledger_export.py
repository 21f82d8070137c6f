"""The ledger leaves Odoo as a file, and is proved without Odoo."""

import json
import uuid
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from connector.cli import main
from connector.erp import ErpSettings, connect

TAMPERING = {
    "altered": "UPDATE loyalty_card_entry SET delta = delta + 1 WHERE id = {entry}",
    "given to another employee": "UPDATE loyalty_card_entry SET user_id = 1 WHERE id = {entry}",
    "removed": "DELETE FROM loyalty_card_entry WHERE id = {entry}",
}


class Browser:
    def __init__(self, odoo, login):
        self.url = odoo.url
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        params = {"db": odoo.database, "login": login, "password": "demo"}
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        json_type = {"Content-Type": "application/json"}
        self._open(Request(f"{self.url}/web/session/authenticate", body, json_type)).close()

    def export(self, path):
        with self._open(f"{self.url}/customer_card/ledger.jsonl") as answer:
            path.write_bytes(answer.read())
        return str(path)


class Shop:
    """Credit of a customer; its entries are the enrolment and corrections."""

    def __init__(self, odoo):
        self.cluster, self.database = odoo.cluster, odoo.database
        self.office = connect(ErpSettings(odoo.url, odoo.database, "admin", "demo", "web"))
        values = {"name": f"Guthaben {uuid.uuid4().hex[:6]}", "kind": "stored_value"}
        self.program = self._create("loyalty.program", values)
        partner = self._create("res.partner", {"name": "Opfer"})
        wizard = {"program_id": self.program, "partner_id": partner, "amount": 50}
        self.office.call("loyalty.enrol", "action_enrol", [self._create("loyalty.enrol", wizard)])
        (self.card,) = self.office.call(
            "loyalty.card", "search", domain=[("program_id", "=", self.program)]
        )
        self.correct(60)
        self.correct(55)
        _first, self.middle, _last = self.office.call(
            "loyalty.card.entry", "search", domain=[("card_id", "=", self.card)], order="sequence"
        )

    def correct(self, balance):
        wizard = {"card_id": self.card, "new_balance": balance, "note": "counted"}
        wizard = self._create("loyalty.card.correction", wizard)
        self.office.call("loyalty.card.correction", "action_apply", [wizard])

    def _create(self, model, values):
        (created,) = self.office.call(model, "create", vals_list=[values])
        return created

    def sql(self, statement):
        self.cluster.sql(f"SET customer_card.ledger = 'open'; {statement}", self.database)


@pytest.fixture(scope="module")
def shop(odoo):
    return Shop(odoo)


@pytest.fixture(scope="module")
def manager(odoo):
    return Browser(odoo, "admin")


def test_the_whole_shop_is_proved(shop, manager, tmp_path, capsys):
    """Door 10: export, verify; later once more, against the older file."""
    older = manager.export(tmp_path / "older.jsonl")
    assert main(["verify", older]) == 0, capsys.readouterr().out
    shop.correct(54)
    shop.correct(55)
    newer = manager.export(tmp_path / "newer.jsonl")
    assert main(["verify", newer, "--since", older]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("what", TAMPERING)
def test_what_the_owner_of_the_database_changes_is_found(shop, manager, tmp_path, what, capsys):
    """Nothing of Odoo's own is asked: the file alone says it."""
    kept = shop.cluster.sql(
        f"SELECT to_jsonb(entry) FROM loyalty_card_entry entry WHERE id = {shop.middle}",
        shop.database,
    )
    shop.sql(TAMPERING[what].format(entry=shop.middle))
    try:
        assert main(["verify", manager.export(tmp_path / "ledger.jsonl")]) == 1
        assert "line" in capsys.readouterr().out
    finally:
        row = kept.strip().replace("'", "''")
        shop.sql(
            f"DELETE FROM loyalty_card_entry WHERE id = {shop.middle};"
            " ALTER TABLE loyalty_card_entry DISABLE TRIGGER chain;"
            " INSERT INTO loyalty_card_entry SELECT * FROM"
            f" jsonb_populate_record(NULL::loyalty_card_entry, '{row}');"
            " ALTER TABLE loyalty_card_entry ENABLE TRIGGER chain"
        )
    assert main(["verify", manager.export(tmp_path / "mended.jsonl")]) == 0


def test_the_newest_entry_is_missing_only_in_the_older_file(shop, manager, tmp_path, capsys):
    """A history that was cut off at its end, and the balance put right, looks whole by itself."""
    older = manager.export(tmp_path / "older.jsonl")
    shop.sql(
        "WITH gone AS (DELETE FROM loyalty_card_entry WHERE id ="
        f" (SELECT MAX(id) FROM loyalty_card_entry WHERE card_id = {shop.card}) RETURNING *)"
        " UPDATE loyalty_card card SET points = card.points - gone.delta,"
        " paid = card.paid - gone.paid_delta, bonus = card.bonus - gone.bonus_delta,"
        " entry_seq = card.entry_seq - 1"
        " FROM gone WHERE gone.card_id = card.id"
    )
    newer = manager.export(tmp_path / "newer.jsonl")
    assert main(["verify", newer]) == 0
    assert main(["verify", newer, "--since", older]) == 1
    assert "missing" in capsys.readouterr().out


def test_a_seller_gets_no_file(odoo, tmp_path):
    with pytest.raises(HTTPError) as refused:
        Browser(odoo, "verkauf").export(tmp_path / "x")
    refused.value.close()
    assert refused.value.code == 403
