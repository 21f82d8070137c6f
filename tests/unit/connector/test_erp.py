"""Whatever sockets, proxies and Odoo throw is sorted by what to do next."""

import email.message
import http.client
import io
import json
import logging
import urllib.error
from typing import Any

import odoorpc
import pytest
from odoorpc.error import RPCError

from connector.erp import ErpSettings, connect
from connector.exceptions import CardSystemError, ErpBusy, ErpRefused, ErpUnreachable


def settings(transport: str = "json2") -> ErpSettings:
    return ErpSettings("http://erp.example.com:8069", "shop", "worker", "s3cret", transport)


def http_error(code: int, body: Any) -> urllib.error.HTTPError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return urllib.error.HTTPError("", code, "", email.message.Message(), io.BytesIO(raw))


def refusal(name: str, message: str = "Because.") -> dict[str, Any]:
    return {"name": name, "message": message, "debug": "Traceback with s3cret"}


def raised_by(transport: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> CardSystemError:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(odoorpc.ODOO, "http", fail)
    monkeypatch.setattr(odoorpc.ODOO, "json", fail)
    with pytest.raises(CardSystemError) as caught:
        connect(settings(transport)).call("res.partner", "read", [1], fields=["name"])
    assert "s3cret" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("transport", ["json2", "web", "jsonrpc"])
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (urllib.error.URLError(ConnectionRefusedError(111, "Connection refused")), ErpUnreachable),
        (TimeoutError("timed out"), ErpUnreachable),
        (http.client.RemoteDisconnected("closed"), ErpUnreachable),
        (http.client.IncompleteRead(b""), ErpUnreachable),
        (ConnectionResetError(104, "reset"), ErpUnreachable),
        (http_error(502, b"<html>"), ErpUnreachable),
        (http_error(503, b""), ErpUnreachable),
        (http_error(504, b""), ErpUnreachable),
        (http_error(429, b""), ErpBusy),
        (http_error(404, b"<html>"), ErpUnreachable),
        (http_error(403, b"<html>"), ErpRefused),
        (http_error(500, b"<html>"), ErpBusy),
        (json.JSONDecodeError("x", "y", 0), ErpUnreachable),
    ],
)
def test_network_and_proxies(transport, error, kind, monkeypatch):
    assert type(raised_by(transport, error, monkeypatch)) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("psycopg2.errors.SerializationFailure", ErpBusy),
        ("psycopg2.errors.LockNotAvailable", ErpBusy),
        ("psycopg2.errors.DeadlockDetected", ErpBusy),
        ("odoo.exceptions.ConcurrencyError", ErpBusy),
        ("odoo.exceptions.LockError", ErpBusy),
        ("psycopg2.errors.DiskFull", ErpBusy),
        ("psycopg2.errors.ReadOnlySqlTransaction", ErpBusy),
        ("psycopg2.errors.UndefinedColumn", ErpBusy),
        ("psycopg2.OperationalError", ErpUnreachable),
        ("psycopg2.errors.AdminShutdown", ErpUnreachable),
        ("psycopg2.InterfaceError", ErpUnreachable),
        ("odoo.sql_db.PoolError", ErpUnreachable),
        ("odoo.exceptions.UserError", ErpRefused),
        ("builtins.ValueError", ErpRefused),
    ],
)
def test_exceptions_of_the_server(name, kind, monkeypatch):
    over_json2 = raised_by("json2", http_error(500, refusal(name)), monkeypatch)
    over_web = raised_by("web", RPCError("Because.", {"data": refusal(name)}), monkeypatch)
    assert type(over_json2) is type(over_web) is kind
    if isinstance(over_json2, ErpRefused):
        assert (over_json2.name, over_json2.message) == (name, "Because.")


def test_a_wrong_key_says_whose_and_what_to_do(monkeypatch):
    error = raised_by(
        "json2", http_error(401, refusal("werkzeug.exceptions.Unauthorized")), monkeypatch
    )
    assert isinstance(error, ErpRefused)
    assert error.is_access
    assert "does not accept the API key of worker" in str(error)
    assert "create a new one in Odoo" in str(error)


def test_a_wrong_password_over_odoorpc_is_the_same(monkeypatch):
    error = raised_by("jsonrpc", RPCError("Wrong login ID or password"), monkeypatch)
    assert isinstance(error, ErpRefused)
    assert error.name == "odoo.exceptions.AccessDenied"


class Sent:
    """Records what would go over the wire, and answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Any) -> None:
        self.requests: list[tuple[Any, ...]] = []
        self._answers = list(answers)
        monkeypatch.setattr(odoorpc.ODOO, "http", lambda _odoo, *args: self._http(*args))
        monkeypatch.setattr(odoorpc.ODOO, "json", lambda _odoo, *args: self._json(*args))

    def _http(self, url: str, body: str, headers: dict[str, str]) -> Any:
        self.requests.append((url, json.loads(body), headers))
        return io.BytesIO(json.dumps(self._next()).encode())

    def _json(self, url: str, params: dict[str, Any]) -> Any:
        self.requests.append((url, params))
        return {"result": self._next()}

    def _next(self) -> Any:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_json2_sends_named_arguments_and_the_key_in_a_header(monkeypatch):
    sent = Sent(monkeypatch, [{"id": 1}])
    assert connect(settings()).call("res.partner", "read", [1], fields=["name"]) == [{"id": 1}]
    ((url, body, headers),) = sent.requests
    assert url == "json/2/res.partner/read"
    assert body == {"ids": [1], "fields": ["name"]}
    assert headers["Authorization"] == "bearer s3cret"
    assert headers["X-Odoo-Database"] == "shop"


def test_web_logs_in_once_and_again_when_the_session_has_expired(monkeypatch):
    expired = RPCError("x", {"data": refusal("odoo.http.SessionExpiredException")})
    sent = Sent(monkeypatch, {"uid": 2}, [1], expired, {"uid": 2}, [2])
    erp = connect(settings("web"))
    assert erp.call("res.partner", "search", domain=[]) == [1]
    assert erp.call("res.partner", "search", domain=[]) == [2]
    assert [url.rpartition("/")[2] for url, _ in sent.requests] == [
        "authenticate", "call_kw", "call_kw", "authenticate", "call_kw"
    ]  # fmt: skip


def test_create_gets_its_values_where_the_older_routes_look(monkeypatch):
    sent = Sent(monkeypatch, {"uid": 2}, [5])
    connect(settings("web")).call("res.partner", "create", vals_list=[{"name": "E"}])
    assert sent.requests[1][1]["args"] == [[{"name": "E"}]]
    assert sent.requests[1][1]["kwargs"] == {}


def test_bodies_are_never_logged():
    assert logging.getLogger("odoorpc.rpc.jsonrpclib").disabled
