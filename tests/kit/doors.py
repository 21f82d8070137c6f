"""Doors of the addon: what docs/rpc.md allows, who knocks, and what moved in the database."""

import http.client
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from dev.paths import ROOT
from dev.postgres import ROLE

ROW = re.compile(
    r"^\| (?P<model>[a-z_.]+) \| (?P<methods>[a-z_, ]+) \| (?P<who>[a-z, ]+) \|(?P<does>.*)$"
)
# Who has which of the words of the table.
ROLES = {
    "seller": {"seller"},
    "cashier": {"seller", "native"},
    "officer": {"officer", "native"},
    "manager": {"seller", "manager", "native"},
    "pos_manager": {"seller", "manager", "native"},
    "worker": {"worker"},
    "reader": {"reader"},
    "portal": set(),
    "nobody": set(),
}
CLEAN = re.compile(
    r"^(odoo\.exceptions\.\w+|odoo\.http\.SessionExpiredException"
    r"|odoo\.addons\.customer_card\w*\.[\w.]+|werkzeug\.exceptions\.\w+)$"
)
# What nobody without a right may move. The volatile columns are signs of life.
TABLES = (
    *("loyalty_card", "loyalty_card_entry", "loyalty_card_hold", "loyalty_card_allowance"),
    *("loyalty_card_grant", "loyalty_card_day", "loyalty_program", "loyalty_program_line"),
    *("loyalty_reward", "loyalty_rule", "loyalty_discount", "customer_card"),
    *("customer_card_type", "customer_card_medium", "customer_card_order"),
    *("customer_card_order_line", "customer_card_encoding", "customer_card_event"),
    *("customer_card_outbox", "customer_card_sync_source", "customer_card_sync_link"),
    *("customer_card_sync_document", "customer_card_sync_reject", "customer_card_import"),
    *("customer_till", "customer_till_reader", "res_users_apikeys", "res_users"),
    *("hr_employee", "sale_order", "sale_order_line", "pos_order", "pos_payment", "account_move"),
    "customer_card_bill",
)
PAIRS = ("res_groups_users_rel", "res_company_users_rel")
VOLATILE = (
    "write_date",
    "write_uid",
    "screen_seen_at",
    "bridge_seen_at",
    "last_seen_at",
    "password",
)
# By whom a row without a company of its own is somebody's.
OWNERS = {
    "source_id": "customer_card_sync_source",
    "till_id": "customer_till",
    "card_id": "loyalty_card",
}
GARBAGE = 2_000_000_000


@dataclass(frozen=True)
class Door:
    """One line of the table."""

    model: str
    method: str
    who: frozenset[str]
    changes_nothing: bool


def table() -> dict[tuple[str, str], Door]:
    """Return what docs/rpc.md lists, by model and method; a method stands there once."""
    doors: dict[tuple[str, str], Door] = {}
    for line in (ROOT / "docs" / "rpc.md").read_text().splitlines():
        if not (found := ROW.match(line)):
            continue
        who = frozenset(found["who"].split(", "))
        nothing = found["does"].strip().startswith("nothing")
        for method in found["methods"].split(", "):
            key = (found["model"], method)
            assert key not in doors, f"{key} stands twice in docs/rpc.md"
            doors[key] = Door(*key, who, nothing)
    return doors


class Caller:
    """Somebody with a browser's session, or without one."""

    def __init__(self, url: str, database: str, login: str | None) -> None:
        self._host = urlsplit(url).netloc
        self._line = http.client.HTTPConnection(self._host, timeout=60)
        self._cookie = ""
        if login:
            params = {"db": database, "login": login, "password": "door"}
            answer = self._post("/web/session/authenticate", params)
            assert answer.get("result", {}).get("uid"), answer

    def call(self, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return ``(error name, its sentence, result)``; the name is empty where it was let in."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self._post(f"/web/dataset/call_kw/{model}/{method}", params)
        if error := answer.get("error"):
            data = error.get("data") or {}
            return data.get("name", "?"), data.get("message", ""), None
        return "", "", answer.get("result")

    def _post(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "params": params})
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        self._line.request("POST", path, body, headers)
        answer = self._line.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("session_id="):
                self._cookie = value.partition(";")[0]
        text = answer.read()
        if answer.status != 200:
            return {"error": {"data": {"name": f"HTTP {answer.status}", "message": text[:200]}}}
        found: dict[str, Any] = json.loads(text)
        return found


class Digest:
    """A fingerprint of what attacks are after, of all companies or of one."""

    def __init__(self, host: str, database: str) -> None:
        self._database = psycopg2.connect(host=host, user=ROLE, dbname=database)
        self._database.autocommit = True
        self._whole = self._query()
        self._foreign = ""
        self._known: dict[str, tuple[str, dict[str, str]]] = {}

    def of_company(self, company: int) -> None:
        """Let :meth:`foreign` look at the rows of this company."""
        self._foreign = self._query(company)

    def whole(self) -> dict[str, str]:
        """Return the fingerprint of every table."""
        return self._read(self._whole)

    def foreign(self) -> dict[str, str]:
        """Return the fingerprint of the foreign company's rows."""
        return self._read(self._foreign)

    def _query(self, company: int | None = None) -> str:
        parts = []
        volatile = "".join(f" - '{column}'" for column in VOLATILE)
        for name in TABLES:
            where = self._of_company(name, company) if company else ""
            if where is None:
                continue
            parts.append(
                f"SELECT '{name}', md5(string_agg((to_jsonb(t){volatile})::text, '' ORDER BY id))"
                f" FROM {name} t{where}"
            )
        for name in () if company else PAIRS:
            rows = "md5(string_agg(t::text, '' ORDER BY t::text))"
            parts.append(f"SELECT '{name}', {rows} FROM {name} t")
        return " UNION ALL ".join(parts)

    def _of_company(self, name: str, company: int) -> str | None:
        """Return the condition for this company's rows; None for a table of no company."""
        with self._database.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [name]
            )
            columns = {row[0] for row in cursor.fetchall()}
        if "company_id" in columns:
            return f" WHERE company_id = {company}"
        for column, owner in OWNERS.items():
            if column in columns:
                owners = f"SELECT id FROM {owner} WHERE company_id = {company}"
                return f" WHERE {column} IN ({owners})"
        return None

    def _read(self, query: str) -> dict[str, str]:
        """Ask the tables only if anything was written into the log since they were asked last."""
        with self._database.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            written = cursor.fetchone()[0]
            asked, found = self._known.get(query, ("", {}))
            if asked != written:
                cursor.execute(query)
                found = dict(cursor.fetchall())
                self._known[query] = written, found
            return found

    def close(self) -> None:
        """Let the database go."""
        self._database.close()


def moved(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the tables whose fingerprint changed."""
    return sorted(name for name in after if before.get(name) != after[name])
