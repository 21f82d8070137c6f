"""Looks at a live ERP through a settings file and says what a person has to change."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.documents import InvoiceLine
from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import CardSystemError, ConfigInvalid, ErpRefused
from connector.host import OUTBOX
from connector.mapping.plan import Join, bind
from connector.mapping.schema import ErpMapping, Section
from connector.reader import Reader

SKEW_S = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    :param level: ok, warning or error
    """

    level: str
    text: str


def check(
    settings: ErpSettings, mapping: ErpMapping | None, erp: Erp | None = None
) -> list[Finding]:
    """Return what was found; the first error that makes the rest pointless is the last finding."""
    erp = erp or connect(settings)
    findings: list[Finding] = []
    try:
        findings += _connection(erp, settings, mapping)
        findings += _addon(erp)
        if mapping is not None:
            reader = Reader(erp, mapping)
            for section in mapping.sections.values():
                findings += _section(erp, reader, section)
    except CardSystemError as error:
        findings.append(Finding("error", str(error)))
    return findings


def _connection(erp: Erp, settings: ErpSettings, mapping: ErpMapping | None) -> Iterator[Finding]:
    version = erp.version()
    yield Finding("ok", f"Odoo {version} answers at {settings.url}.")
    if mapping is not None and version.partition(".")[0].rpartition("~")[2] != str(mapping.version):
        yield Finding(
            "warning",
            f"{mapping.path.name} is for version {mapping.version}, the ERP is {version}.",
        )
    erp.call("res.users", "context_get")
    yield Finding(
        "ok", f"Login as {settings.login} to {settings.database} over {settings.transport}."
    )
    skew_s = abs(erp.server_time.timestamp() - time.time()) if erp.server_time else 0.0
    if skew_s > SKEW_S:
        yield Finding(
            "warning", f"The clocks of this machine and the ERP differ by {skew_s:.0f} s."
        )


def _addon(erp: Erp) -> Iterator[Finding]:
    try:
        # Books nothing, asks for the right to. A pull would count as a worker's sign of life.
        erp.call(OUTBOX, "book_issues", [])
    except ErpRefused as error:
        if error.is_access:
            yield Finding("error", f"This user may not do the worker's work: {_line(error)}")
        else:
            yield Finding("error", "The app Customer Cards is not installed in this database.")
        return
    yield Finding("ok", "The app Customer Cards is installed and lets this user work.")


def _section(erp: Erp, reader: Reader, section: Section) -> Iterator[Finding]:
    if reader.describe(section.model) is None:
        text = f"{section.name}: the ERP has no {section.model}; nothing to read there."
        yield Finding("warning", text)
        return
    try:
        plan = bind(section, reader.describe)
    except ConfigInvalid as error:
        yield from (Finding("error", f"{section.name}: {text}") for text in error.problems)
        return
    # Stock moves are read from ERPs without our app only.
    level = "error" if section.document is InvoiceLine else "warning"
    refused = list(_unreadable(erp, plan.root, plan.domain))
    yield from (Finding(level, f"{section.name}: {text}") for text in refused)
    if not refused:
        yield Finding("ok", f"{section.name}: {section.model}, all fields there and readable.")


def _unreadable(erp: Erp, join: Join, domain: list[Any]) -> Iterator[str]:
    try:
        query: Mapping[str, Any] = {"domain": domain, "fields": sorted(join.fields), "limit": 1}
        erp.call(join.model, "search_read", **query)
    except ErpRefused as error:
        yield f"{join.model} cannot be read: {_line(error)}"
    for inner in join.joins.values():
        yield from _unreadable(erp, inner, [])


def _line(error: ErpRefused) -> str:
    """Return the first line: Odoo adds a list of all groups that would do."""
    return error.message.partition("\n")[0]
