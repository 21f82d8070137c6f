"""Looks at live ERPs through a settings file and says what a person has to change."""

import time
from collections.abc import Iterator
from dataclasses import replace

from connector.check.advice import advised
from connector.check.findings import Finding, error, ok, warning
from connector.check.hidden import look_for_hidden
from connector.check.keys import look_at_keys
from connector.check.meanings import twice
from connector.check.sections import first_line, look_at, look_deeper
from connector.check.stock import look_at_stock
from connector.documents import InvoiceLine, StockMove
from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import CardSystemError, ConfigInvalid, ErpRefused
from connector.foreign.host import SOURCE
from connector.foreign.settings import ForeignSettings, ReadSettings
from connector.mapping.layers import SHIPPED, find
from connector.mapping.model import ErpMapping
from connector.outbox.host import OUTBOX
from connector.rows import Rows

SKEW_S = 60.0


def check(
    settings: ErpSettings, mapping: ErpMapping | None, erp: Erp | None = None
) -> list[Finding]:
    """Look at the ERP with our addon.

    :return: the first error that makes the rest pointless is the last finding
    """
    erp = erp or connect(settings)
    findings: list[Finding] = []
    try:
        findings += _connection(erp, settings, mapping)
        findings += _addon(erp)
        if mapping is not None:
            rows = Rows(erp, mapping)
            for section in mapping.sections.values():
                # Customers and articles are its own; stock moves are read from other ERPs only.
                if section.document in {InvoiceLine, StockMove}:
                    findings += look_at(rows, section, needed=section.document is InvoiceLine)
    except CardSystemError as broken:
        findings.append(advised(broken, settings))
    return findings


def check_source(
    foreign: ForeignSettings, mapping: ErpMapping, *, host: Erp, erp: Erp | None = None
) -> list[Finding]:
    """Look at a foreign ERP, and whether the host knows it."""
    erp = erp or connect(foreign.erp)
    findings: list[Finding] = []
    try:
        findings += _connection(erp, foreign.erp, mapping)
        if foreign.read is not None:
            findings += _known(host, foreign.name)
            findings += _read(Rows(erp, mapping), foreign.read, foreign.erp.login)
        if foreign.stock is not None:
            findings += look_at_stock(erp, foreign.stock)
    except CardSystemError as broken:
        findings.append(advised(broken, foreign.erp))
    name = foreign.name or "foreign"
    return [replace(one, text=f"{name}: {one.text}") for one in findings]


def _read(rows: Rows, settings: ReadSettings, login: str) -> Iterator[Finding]:
    yield ok("Before the first run, 'customer-card preview' says what would be booked.")
    yield ok(
        f"Changes are read {settings.window_s:.0f} s back each time: longer than any transaction"
        " of the ERP may take."
    )
    sections = [
        section
        for name, section in rows.mapping.sections.items()
        if not settings.streams or name in settings.streams
    ]
    for text in twice(ErpMapping(rows.mapping.path, 0, {one.name: one for one in sections})):
        yield error(text)
    models = [one.model for one in sections if rows.describe(one.model) is not None]
    yield from look_for_hidden(rows.erp, login, models)
    for section in sections:
        yield from look_deeper(rows, section)


def _connection(erp: Erp, settings: ErpSettings, mapping: ErpMapping | None) -> Iterator[Finding]:
    version = erp.version()
    yield ok(f"Odoo {version} answers at {settings.url}.")
    if mapping is not None and version.partition(".")[0].rpartition("~")[2] != str(mapping.version):
        text = f"{mapping.path.name} is for version {mapping.version}, the ERP is {version}."
        yield warning(text)
        if advice := _for_version(mapping, version):
            yield warning(advice)
    erp.call("res.users", "context_get")
    yield ok(f"Login as {settings.login} to {settings.database} over {settings.transport}.")
    yield from look_at_keys(erp, settings)
    skew_s = abs(erp.server_time.timestamp() - time.time()) if erp.server_time else 0.0
    if skew_s > SKEW_S:
        yield warning(f"The clocks of this machine and the ERP differ by {skew_s:.0f} s.")


def _for_version(mapping: ErpMapping, version: str) -> str:
    """Return what to write for an ERP of another version than the mapping's."""
    number = version.partition(".")[0].rpartition("~")[2]
    if not number.isdigit():
        return ""
    if mapping.path.parent != SHIPPED:
        return f"Write 'version: {number}' into {mapping.path.name}, if it fits."
    try:
        find(f"odoo-{number}", None)
    except ConfigInvalid as other:
        return str(other).partition(". ")[2]
    return f"Write 'mapping: odoo-{number}'."


def _addon(erp: Erp) -> Iterator[Finding]:
    try:
        # Books nothing, asks for the right to. A pull would count as a worker's sign of life.
        erp.call(OUTBOX, "book_issues", [])
    except ErpRefused as refused:
        if refused.is_access:
            yield error(f"This user may not do the worker's work: {first_line(refused)}")
        else:
            yield error("The app Customer Cards is not installed in this database.")
        return
    yield ok("The app Customer Cards is installed and lets this user work.")


def _known(host: Erp, name: str) -> Iterator[Finding]:
    try:
        host.call(SOURCE, "is_known", source=name)
    except ErpRefused as refused:
        yield error(first_line(refused))
        return
    yield ok("The ERP with the app Customer Cards knows it by this name.")
