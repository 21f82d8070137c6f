"""Tapes of real Odoos 19 and 14: replayed offline, made by ``python -m tests.contract.record``.

Its environment variables CARD_RECORD_19 and CARD_RECORD_14 name the live ones:
URL,DATABASE,LOGIN,API_KEY,PASSWORD
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import vcr

from connector.erp import Erp, ErpSettings, connect

TAPES = Path(__file__).parent / "tapes"
STANDIN = "http://erp.example.com:8069,shop,worker,api-key,password"
HIDDEN_KEYS = {"password", "session_id", "debug", "api_key"}
KEPT_HEADERS = {"content-type", "date"}


@dataclass(frozen=True)
class Tape:
    """An ERP that answers from a tape, by transport."""

    connect: Callable[..., Erp]


@pytest.fixture
def odoo_version() -> str:
    """Which ERP the tapes of a module are of."""
    return "19"


@pytest.fixture
def tape(request: pytest.FixtureRequest, odoo_version: str) -> Iterator[Tape]:
    """The tape of this test: ``tape.connect(transport)`` is the ERP."""
    live = os.environ.get(f"CARD_RECORD_{odoo_version}", "")
    if not live and any(name.startswith("CARD_RECORD") for name in os.environ):
        pytest.skip("The other ERP is being recorded.")
    url, database, login, key, password = (live or STANDIN).split(",")

    def open_erp(transport: str = "json2", secret: str | None = None) -> Erp:
        right = key if transport == "json2" else password
        settings = ErpSettings(url, database, login, secret or right, transport)
        return connect(settings)

    name = request.node.name.replace("[", "-").rstrip("]")
    path = TAPES / f"odoo{odoo_version}" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    if live:
        path.unlink(missing_ok=True)
    secrets = [one for one in (key, password, login, database) if live]
    recorder = vcr.VCR(
        record_mode="once" if live else "none",
        match_on=["method", "path", "scrubbed"],
        before_record_request=_scrub_request(database, login, "sync"),
        before_record_response=_scrub_response(secrets),
        decode_compressed_response=True,
    )
    recorder.register_matcher("scrubbed", lambda one, other: one.body == other.body)
    with recorder.use_cassette(str(path)):
        yield Tape(open_erp)


def _scrub_request(*names: str) -> Callable[[Any], Any]:
    def scrub(request: Any) -> Any:
        """Keep what is asked, not who asks; the JSON-RPC id is random."""
        path = request.uri.partition("://")[2].partition("/")[2]
        request.uri = f"http://erp.example.com/{path}"
        request.headers = {}
        if request.body:
            body = json.loads(request.body)
            if "jsonrpc" in body:
                body["id"] = 0
            request.body = json.dumps(_hidden(body, *names), sort_keys=True).encode()
        return request

    return scrub


def _scrub_response(secrets: list[str]) -> Callable[[Any], Any]:
    def scrub(response: Any) -> Any:
        response["headers"] = {
            name: value
            for name, value in response["headers"].items()
            if name.lower() in KEPT_HEADERS
        }
        text = response["body"]["string"].decode()
        try:
            body = json.loads(text)
        except ValueError:
            return response
        if (
            isinstance(body, dict)
            and isinstance(body.get("result"), dict)
            and "uid" in body["result"]
        ):
            body["result"] = {"uid": body["result"]["uid"]}  # a login answers with half the person
        response["body"]["string"] = json.dumps(_hidden(body, *secrets)).encode()
        return response

    return scrub


def _hidden(value: Any, *secrets: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _hidden(one, *secrets, key=name) for name, one in value.items()}
    if isinstance(value, list):
        service = key == "args" and len(value) >= 3 and value[0] in secrets
        # odoorpc sends database, login or user id, and the password, in this order
        return [
            "hidden" if service and i == 2 else _hidden(one, *secrets)
            for i, one in enumerate(value)
        ]
    if key in HIDDEN_KEYS:
        return "hidden"
    return "hidden" if isinstance(value, str) and value in secrets else value
