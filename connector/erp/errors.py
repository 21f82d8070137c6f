"""Whatever comes out of sockets, proxies and odoorpc, sorted by what to do next."""

import json
from contextlib import closing
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError

from odoorpc.error import InternalError, RPCError

from connector.erp.settings import ErpSettings
from connector.exceptions import ErpBusy, ErpRefused, ErpUnreachable

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
# Somebody has to help the server, and nothing that was asked is to blame.
TROUBLE_NAMES = {
    "ConfigurationLimitExceeded",
    "DataCorrupted",
    "DiskFull",
    "IndexCorrupted",
    "InsufficientPrivilege",
    "InsufficientResources",
    "InternalError_",
    "IoError",
    "OSError",
    "ReadOnlySqlTransaction",
    "TooManyConnections",
    "UndefinedColumn",
    "UndefinedTable",
}
# The login route says so too while PostgreSQL restarts.
NO_DATABASE = "Database not found."


class Translated:
    """Turns whatever comes out of sockets, proxies and odoorpc into our exceptions."""

    def __init__(self, settings: ErpSettings) -> None:
        self._settings = settings

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _type: Any, error: BaseException | None, _trace: Any) -> None:
        where = self._settings.url
        if isinstance(error, HTTPError):
            with closing(error):  # its connection, which nobody reads to the end
                raise self._answer(error) from None
        if isinstance(error, RPCError):
            raise self._refusal(error_data(error), str(error)) from None
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
        if error.code >= 500:
            return ErpBusy(f"The ERP at {where} has trouble of its own (HTTP {error.code}).")
        return ErpRefused("http", f"{where} answered HTTP {error.code}.")

    def _refusal(self, data: dict[str, Any], fallback: str) -> Exception:
        name = str(data.get("name") or "")
        message = str(data.get("message") or fallback or name).strip()
        short = name.rsplit(".", 1)[-1]
        if short in BUSY_NAMES:
            return ErpBusy("Others are writing to the same records; safe to repeat.")
        if short in AWAY_NAMES or message == NO_DATABASE:
            return ErpUnreachable(f"The ERP does not reach its database ({short}).")
        if short in TROUBLE_NAMES:
            where = self._settings.url
            return ErpBusy(f"The ERP at {where} has trouble of its own: {message} ({short}).")
        if short in {"AccessDenied", "Unauthorized"} or message.startswith("Wrong login"):
            return ErpRefused("odoo.exceptions.AccessDenied", no_access(self._settings))
        return ErpRefused(name, message)


def error_data(error: RPCError) -> dict[str, Any]:
    """Return what the server says about its exception."""
    info = error.info if isinstance(error.info, dict) else {}
    data = info.get("data")
    return data if isinstance(data, dict) else {}


def no_access(settings: ErpSettings) -> str:
    """Return what to do about a login that is not accepted."""
    what = "API key" if settings.transport == "json2" else "password or API key"
    return (
        f"The ERP at {settings.url} (database {settings.database}) does not accept the {what} of"
        f" {settings.login}. It may be wrong, expired or revoked: create a new one in Odoo and put"
        " it where the settings' 'secret' points to."
    )


def _short(reason: object) -> str:
    return str(reason) or type(reason).__name__
