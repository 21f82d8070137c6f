"""Looks at one section of a mapping on the live ERP: fields, values, rights, speed, sample rows."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta

from connector.check.findings import Finding, error, ok, warning
from connector.check.meanings import meaningless, near_model
from connector.documents import allowed, as_json
from connector.exceptions import ConfigInvalid, ErpRefused, RowUnmappable
from connector.foreign.changes import STAMP
from connector.foreign.pace import DAY_REST
from connector.mapping.model import Section
from connector.mapping.plan import Join, Plan
from connector.mapping.values import unknown_values
from connector.rows import HIDDEN, Domain, Row, Rows

SAMPLE = 100
SHOWN = 3
SLOW_POLL_S = 0.3


def look_at(rows: Rows, section: Section, *, needed: bool) -> Iterator[Finding]:
    """Look whether the section fits and may be read.

    :param needed: otherwise what is wrong is only worth a warning
    """
    plan = None
    for finding in _fits(rows, section, needed=needed):
        if isinstance(finding, Finding):
            yield finding
        else:
            plan = finding
    if plan is not None:
        for is_all, text in unknown_values(section, rows.describe):
            yield (error if is_all else warning)(f"{section.name}: {text}")
        for text in meaningless(section, rows):
            yield error(f"{section.name}: {text}")


def look_deeper(rows: Rows, section: Section) -> Iterator[Finding]:
    """Look at a section whose changes are read: sample rows, what it costs, how long it takes."""
    findings = list(look_at(rows, section, needed=True))
    yield from findings
    if any(one.level == "error" for one in findings) or rows.describe(section.model) is None:
        return
    plan = rows.plan(section)
    yield from (error(f"{section.name}: {text}") for text in plan.unwatched)
    for name in set(section.fingerprint) - set(plan.fingerprint):
        text = f"{name} is no stored number: what is changed by SQL only may go unnoticed there."
        yield warning(f"{section.name}: fingerprint: {text}")
    if not plan.unwatched:
        yield from _poll(rows, plan)
    yield from _sample(rows, plan)


def _fits(rows: Rows, section: Section, *, needed: bool) -> "Iterator[Finding | Plan]":
    bad = error if needed else warning
    if rows.describe(section.model) is None:
        text = f"{section.name}: the ERP has no {section.model}; nothing to read there."
        if not section.is_shipped:
            at = section.places.get("from", section.at)
            near = near_model(rows, section.model)
            yield error(f"{section.name}: {at}: the ERP has no model '{section.model}'{near}")
        else:
            yield warning(text)
        return
    try:
        plan = rows.plan(section)
    except ConfigInvalid as invalid:
        yield from (error(f"{section.name}: {text}") for text in invalid.problems)
        return
    refused = list(_unreadable(rows, plan.root, plan.domain))
    yield from (bad(f"{section.name}: {text}") for text in refused)
    if not refused:
        yield ok(f"{section.name}: {section.model}, all fields there and readable.")
        yield plan


def _unreadable(rows: Rows, join: Join, domain: Domain) -> Iterator[str]:
    try:
        query = {"domain": list(domain), "fields": sorted(join.fields), "limit": 1}
        rows.erp.call(join.model, "search_read", **query)
    except ErpRefused as refused:
        yield f"{join.model} cannot be read: {first_line(refused)}"
    for inner in join.joins.values():
        yield from _unreadable(rows, inner, [])


def _poll(rows: Rows, plan: Plan) -> Iterator[Finding]:
    """Time a question without an answer, and ask for the index where this user may know.

    An index made by SQL stands nowhere in Odoo, so the time has the last word.
    """
    now = rows.erp.server_time
    if now is None:
        return
    later = (now + timedelta(days=1)).strftime(STAMP)
    domain = [[path, ">=", later] for path in plan.section.watch]
    began = time.monotonic()
    rows.search(plan, ["|"] * (len(domain) - 1) + domain, ["id"], limit=1)
    took_s = time.monotonic() - began
    index = _index(rows, plan)
    if took_s > SLOW_POLL_S:
        table = plan.section.model.replace(".", "_")
        yield warning(
            f"{plan.section.name}: asking for changes takes {took_s * 1000:.0f} ms{index}. An index"
            f" would make it fast: CREATE INDEX CONCURRENTLY ON {table} (write_date, id)."
        )
    else:
        took = f"asking for changes takes {took_s * 1000:.0f} ms{index}."
        yield ok(f"{plan.section.name}: {took}")


def _index(rows: Rows, plan: Plan) -> str:
    """Return what is known of an index on write_date."""
    wanted = [["model", "=", plan.section.model], ["name", "=", "write_date"]]
    try:
        found = rows.erp.call("ir.model.fields", "search_read", domain=wanted, fields=["index"])
    except ErpRefused:
        found = []
    if found and found[0]["index"]:
        return " (Odoo has an index on write_date)"
    return " (whether there is an index on write_date is inferred from that time)"


def _sample(rows: Rows, plan: Plan) -> Iterator[Finding]:
    name = plan.section.name
    newest = rows.search(plan, [], ["id"], limit=SAMPLE, order="id desc")
    if not newest:
        yield ok(f"{name}: there are no rows yet.")
        return
    began = time.monotonic()
    found = rows.read(plan, [["id", "in", [row["id"] for row in newest]]], limit=SAMPLE)
    took_s = time.monotonic() - began
    rejected = []
    for row in found:
        verdict = _verdict(plan, row)
        if verdict:
            rejected.append(verdict)
    if rejected:
        what = f"{name}: {len(rejected)} of the {len(found)} newest rows do not fit"
        yield warning(f"{what}: {'; '.join(rejected[:SHOWN])}")
    else:
        yield ok(f"{name}: the {len(found)} newest rows fit. {_example(plan, found[-1])}")
    count = rows.erp.call(plan.section.model, "search_count", domain=plan.domain)
    hours = count * took_s / len(found) / 3600
    by_day = hours * (1 + DAY_REST)
    yield ok(
        f"{name}: {count} rows; the past takes {hours:.1f} h at night or {by_day:.1f} h by day."
    )


def _verdict(plan: Plan, row: Row) -> str:
    """Return what is wrong with the row; both paths have to say the same."""
    if HIDDEN in row:
        return f"{plan.section.model}:{row['id']}: {row[HIDDEN]}"
    try:
        fast = as_json(plan.document(row))
        slow = as_json(plan.explain(row))
    except RowUnmappable as bad:
        return str(bad)
    if fast != slow:
        return f"{fast['key']}: the two ways to read it differ, please report this"
    for name, known in allowed(plan.section.document).items():
        if fast[name] not in known:
            words = ", ".join(word or "'' (empty)" for word in known)
            return f"{fast['key']}: {name} is '{fast[name]}', translate it with 'map': {words}"
    return ""


def _example(plan: Plan, row: Row) -> str:
    document = as_json(plan.document(row))
    return f"The newest: {json.dumps(document, ensure_ascii=False)}"


def first_line(refused: ErpRefused) -> str:
    """Return the sentence without the list of all groups that would do."""
    return refused.message.partition("\n")[0]
