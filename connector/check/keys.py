"""Looks when the API keys of a user end, where the ERP tells (Odoo 18 and later)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from connector.check.findings import Finding, ok, warning
from connector.erp import Erp, ErpSettings
from connector.exceptions import ErpRefused

KEYS = "res.users.apikeys"
STAMP = "%Y-%m-%d %H:%M:%S"
SOON_DAYS = 14
HOW = "Create a new one in Odoo (My Profile > Account Security) and put it into the settings."


def look_at_keys(erp: Erp, settings: ErpSettings) -> Iterator[Finding]:
    """Say which API keys of this user end soon; which of them is ours cannot be seen.

    A password does not end: where one is used, keys of that user are nobody's business.
    """
    if settings.transport == "web":
        return
    unseen = warning(
        f"When the API key of {settings.login} ends cannot be seen over RPC; Odoo says it under My"
        " Profile > Account Security."
    )
    try:
        asked = {"allfields": ["expiration_date"], "attributes": ["type"]}
        if "expiration_date" not in erp.call(KEYS, "fields_get", **asked):
            yield ok("API keys of this Odoo have no end.")
            return
        keys = erp.call(
            KEYS,
            "search_read",
            domain=[["user_id.login", "=", settings.login]],
            fields=["name", "expiration_date"],
        )
    except ErpRefused:
        yield unseen
        return
    if not keys:
        yield unseen
        return
    now = erp.server_time or datetime.now(UTC)
    ending = sorted((key for key in keys if key["expiration_date"]), key=lambda key: _end(key))
    soon = [key for key in ending if (_end(key) - now).days <= SOON_DAYS]
    for key in soon:
        yield warning(f"The API key '{key['name']}' {_when(key, now)}. {HOW}")
    if not ending:
        yield ok("No API key of this user ends.")
    elif not soon:
        yield ok(f"The first API key to end does so on {_end(ending[0]):%Y-%m-%d}.")


def _when(key: Mapping[str, str], now: datetime) -> str:
    days = (_end(key) - now).days
    day = f"{_end(key):%Y-%m-%d}"
    return f"ends on {day}, in {days} days" if days >= 0 else f"ended on {day}"


def _end(key: Mapping[str, str]) -> datetime:
    return datetime.strptime(key["expiration_date"], STAMP).replace(tzinfo=UTC)
