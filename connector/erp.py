"""The only way to the ERP: one ``call``, three transports, errors sorted by what to do next."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import BaseHandler, HTTPCookieProcessor, build_opener

import odoorpc
from odoorpc.error import InternalError, RPCError

from connector.exceptions import ErpBusy, ErpRefused, ErpUnreachable

# odoorpc logs whole requests and answers at debug level: keys, names, tracebacks.
logging.getLogger("odoorpc.rpc.jsonrpclib").disabled = True

TRANSPORTS = ("json2", "web", "jsonrpc")
BUSY_NAMES = {
    "ConcurrencyError",
    "DeadlockDetected",
    "LockError",
    "LockNotAvailable",
    "SerializationFailure",
    "TooManyRequests",
}
# A database that restarts answers with these; whether the transaction was committed is not known.
AWAY_NAMES = {
    "AdminShutdown",
    "BadGateway",
    "CannotConnectNow",
    "CrashShutdown",
    "GatewayTimeout",
    "InterfaceError",
    "OperationalError",
    "PoolError",
    "RegistryError",
    "ServiceUnavailable",
}
# The login route says so too while PostgreSQL restarts.
NO_DATABASE = "Database not found."
EXPIRED = "odoo.http.SessionExpiredException"


@dataclass(frozen=True, slots=True)
class ErpSettings:
    """Where an ERP is and how to get in.

    :param secret: API key (json2, jsonrpc) or password (web, jsonrpc)
    :param timeout_s: per socket operation; the ERP may finish the call after we gave up
    """

    url: str
    database: str
    login: str
    secret: str = field(repr=False)
    transport: str = "json2"
    timeout_s: float = 30.0


class Erp(Protocol):
    """An ERP that answers calls."""

    @property
    def server_time(self) -> datetime | None:
        """The ERP's clock at its last answer (UTC), None before the first."""

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        """Call one public method of the ERP and return its result.

        :param ids: the records it is called on; None for a method of the model itself
        :raises RetryableError: the call may be made again (a write with its key)
        :raises ErpRefused: the ERP answered no
        """

    def version(self) -> str:
        """Return the ERP's version, like "19.0"; needs no login."""


def connect(settings: ErpSettings) -> Erp:
    """Return the ERP of *settings*; nothing is sent before the first call."""
    return _CLASSES[settings.transport](settings)


class _ServerClock(BaseHandler):
    """Notes the time of every answer, as the ERP's clock is the only one that counts."""

    now: datetime | None = None

    def http_response(self, _request: Any, response: Any) -> Any:
        stamp = response.headers.get("Date")
        if stamp:
            self.now = parsedate_to_datetime(stamp).astimezone(UTC)
        return response

    https_response = http_response


class _OdooRpc:
    """What the transports share: odoorpc's session, and the translation of its errors."""

    def __init__(self, settings: ErpSettings) -> None:
        self._settings = settings
        self._clock = _ServerClock()
        parts = urlsplit(settings.url)
        tls = parts.scheme == "https"
        # A version is given because odoorpc would otherwise ask for it now, on the network.
        self._odoo = odoorpc.ODOO(
            parts.hostname,
            protocol="jsonrpc+ssl" if tls else "jsonrpc",
            port=parts.port or (443 if tls else 80),
            timeout=settings.timeout_s,
            version="19.0",
            opener=build_opener(HTTPCookieProcessor(CookieJar()), self._clock),
        )

    @property
    def server_time(self) -> datetime | None:
        return self._clock.now

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        with _Translated(self._settings):
            return self._send(model, method, ids, kwargs)

    def version(self) -> str:
        with _Translated(self._settings):
            answer = self._odoo.json("/web/webclient/version_info", {})["result"]
            return str(answer["server_version"])

    def _send(
        self, model: str, method: str, ids: Sequence[int] | None, kwargs: dict[str, Any]
    ) -> Any:
        raise NotImplementedError


class _Json2(_OdooRpc):
    """Odoo 19's own API; the API key travels in a header."""

    def _send(
        self, model: str, method: str, ids: Sequence[int] | None, kwargs: dict[str, Any]
    ) -> Any:
        body = kwargs if ids is None else {"ids": list(ids), **kwargs}
        response = self._odoo.http(
            f"json/2/{model}/{method}",
            json.dumps(body),
            {
                "Authorization": f"bearer {self._settings.secret}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self._settings.database,
            },
        )
        return json.load(response)


class _Web(_OdooRpc):
    """The route of Odoo's own web client (12 to 19): login and password, a session cookie."""

    _logged_in = False

    def _send(
        self, model: str, method: str, ids: Sequence[int] | None, kwargs: dict[str, Any]
    ) -> Any:
        args, kwargs = _positional(method, ids, kwargs)
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        if not self._logged_in:
            self._login()
        try:
            return self._odoo.json("/web/dataset/call_kw", params).get("result")
        except RPCError as error:
            if _error_data(error).get("name") != EXPIRED:
                raise
            self._login()
            return self._odoo.json("/web/dataset/call_kw", params).get("result")

    def _login(self) -> None:
        wanted = self._settings
        credentials = {"db": wanted.database, "login": wanted.login, "password": wanted.secret}
        answer = self._odoo.json("/web/session/authenticate", credentials)["result"]
        if not answer.get("uid"):
            raise ErpRefused("odoo.exceptions.AccessDenied", _no_access(wanted))
        self._logged_in = True


class _JsonRpc(_OdooRpc):
    """odoorpc as it is (Odoo 14 to 21); costs the ERP about twice the time per row."""

    _logged_in = False

    def _send(
        self, model: str, method: str, ids: Sequence[int] | None, kwargs: dict[str, Any]
    ) -> Any:
        if not self._logged_in:
            wanted = self._settings
            self._odoo.login(wanted.database, wanted.login, wanted.secret)
            self._odoo.config["auto_context"] = False
            self._logged_in = True
        return self._odoo.execute_kw(model, method, *_positional(method, ids, kwargs))


_CLASSES = {"json2": _Json2, "web": _Web, "jsonrpc": _JsonRpc}


class _Translated:
    """Turns whatever comes out of sockets, proxies and odoorpc into our exceptions."""

    def __init__(self, settings: ErpSettings) -> None:
        self._settings = settings

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _type: Any, error: BaseException | None, _trace: Any) -> None:
        where = self._settings.url
        if isinstance(error, HTTPError):
            raise self._answer(error) from None
        if isinstance(error, RPCError):
            raise self._refusal(_error_data(error), str(error)) from None
        if isinstance(error, InternalError | json.JSONDecodeError | UnicodeDecodeError | KeyError):
            text = f"What answers at {where} does not answer like an Odoo server."
            raise ErpUnreachable(text) from None
        if isinstance(error, URLError | OSError | HTTPException):
            reason = getattr(error, "reason", None) or error
            text = f"No answer from the ERP at {where}: {_short(reason)}"
            raise ErpUnreachable(text) from error

    def _answer(self, error: HTTPError) -> Exception:
        where = self._settings.url
        if error.code in {502, 503, 504}:
            return ErpUnreachable(f"The ERP behind {where} is away (HTTP {error.code}).")
        if error.code == 429:
            return ErpBusy(f"The ERP at {where} asks us to slow down (HTTP 429).")
        try:
            data = json.load(error)
        except (ValueError, OSError, HTTPException):
            data = {}
        if isinstance(data, dict) and data.get("name"):
            return self._refusal(data, "")
        if error.code == 404:
            # Odoo answers so for a database that is not there, also while PostgreSQL restarts.
            text = (
                f"The ERP at {where} does not serve the database {self._settings.database} over"
                f" {self._settings.transport} (HTTP 404): the database is away, its name is wrong,"
                " or this Odoo is too old."
            )
            return ErpUnreachable(text)
        return ErpRefused("http", f"{where} answered HTTP {error.code}.")

    def _refusal(self, data: dict[str, Any], fallback: str) -> Exception:
        name = str(data.get("name") or "")
        message = str(data.get("message") or fallback or name).strip()
        short = name.rsplit(".", 1)[-1]
        if short in BUSY_NAMES:
            return ErpBusy("Others are writing to the same records; safe to repeat.")
        if short in AWAY_NAMES or message == NO_DATABASE:
            return ErpUnreachable(f"The ERP does not reach its database ({short}).")
        if short in {"AccessDenied", "Unauthorized"} or message.startswith("Wrong login"):
            return ErpRefused("odoo.exceptions.AccessDenied", _no_access(self._settings))
        return ErpRefused(name, message)


_FIRST = {
    "create": "vals_list",
    "fields_get": "allfields",
    "load": "fields",
    "read_group": "domain",
    "search": "domain",
    "search_count": "domain",
    "search_read": "domain",
    "write": "vals",
}


def _positional(
    method: str, ids: Sequence[int] | None, kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return args and kwargs for the older routes; the first argument changed its name with time,
    or has another one in each model.

    What is no method of records (``create``) looks at args[0] too.
    """
    args = [] if ids is None else [list(ids)]
    name = _FIRST.get(method)
    if name not in kwargs:
        return args, kwargs
    rest = {key: value for key, value in kwargs.items() if key != name}
    return [*args, kwargs[name]], rest


def _error_data(error: RPCError) -> dict[str, Any]:
    info = error.info if isinstance(error.info, dict) else {}
    data = info.get("data")
    return data if isinstance(data, dict) else {}


def _no_access(settings: ErpSettings) -> str:
    what = "API key" if settings.transport == "json2" else "password or API key"
    return (
        f"The ERP at {settings.url} (database {settings.database}) does not accept the {what} of"
        f" {settings.login}. It may be wrong, expired or revoked: create a new one in Odoo and put"
        " it where the settings' 'secret' points to."
    )


def _short(reason: object) -> str:
    return str(reason) or type(reason).__name__
