"""Three ways to call an Odoo, all on odoorpc's session; they differ in address and envelope."""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import BaseHandler, HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import odoorpc
from odoorpc.error import RPCError

from connector.erp.errors import Translated, error_data, no_access
from connector.erp.settings import ErpSettings
from connector.exceptions import ErpRefused, ErpUnreachable

# odoorpc logs whole requests and answers at debug level: keys, names, tracebacks.
logging.getLogger("odoorpc.rpc.jsonrpclib").disabled = True
EXPIRED = "odoo.http.SessionExpiredException"


class _ServerClock(BaseHandler):
    """Notes the time of every answer, as the ERP's clock is the only one that counts."""

    now: datetime | None = None

    def http_response(self, _request: Any, response: Any) -> Any:
        stamp = response.headers.get("Date")
        if stamp:
            self.now = parsedate_to_datetime(stamp).astimezone(UTC)
        return response

    https_response = http_response


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: key, cookie and documents go where the settings say, and nowhere else."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Say what to put into the settings.

        :raises ErpUnreachable: always; it may be a network that wants somebody to log in first
        """
        fp.close()
        parts, other = urlsplit(req.full_url), urlsplit(str(headers.get("Location") or ""))
        here = f"{parts.scheme}://{parts.netloc}"
        there = f"{other.scheme}://{other.netloc.rpartition('@')[2]}" if other.netloc else here
        advice = (
            "Put the address there at which Odoo itself answers."
            if there == here
            else f"If that is your ERP, put url: {there} there."
        )
        raise ErpUnreachable(
            f"The ERP at {here} sends us on to {there}; nothing was sent there. Look at 'url' in"
            f" the settings. {advice}"
        )

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


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
            opener=build_opener(_NoRedirect, HTTPCookieProcessor(CookieJar()), self._clock),
        )

    @property
    def server_time(self) -> datetime | None:
        return self._clock.now

    def call(
        self, model: str, method: str, ids: Sequence[int] | None = None, /, **kwargs: Any
    ) -> Any:
        with Translated(self._settings):
            return self._send(model, method, ids, kwargs)

    def version(self) -> str:
        with Translated(self._settings):
            answer = self._odoo.json("/web/webclient/version_info", {})["result"]
            return str(answer["server_version"])

    def _send(
        self, model: str, method: str, ids: Sequence[int] | None, kwargs: dict[str, Any]
    ) -> Any:
        raise NotImplementedError


class Json2(_OdooRpc):
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


class Web(_OdooRpc):
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
            if error_data(error).get("name") != EXPIRED:
                raise
            self._login()
            return self._odoo.json("/web/dataset/call_kw", params).get("result")

    def _login(self) -> None:
        wanted = self._settings
        credentials = {"db": wanted.database, "login": wanted.login, "password": wanted.secret}
        answer = self._odoo.json("/web/session/authenticate", credentials)["result"]
        if not answer.get("uid"):
            raise ErpRefused("odoo.exceptions.AccessDenied", no_access(wanted))
        self._logged_in = True


class JsonRpc(_OdooRpc):
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


CLASSES = {"json2": Json2, "web": Web, "jsonrpc": JsonRpc}

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
