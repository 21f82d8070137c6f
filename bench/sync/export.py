"""What our addon hands out as JSON, beside what PostgreSQL itself makes of the same rows."""

import time
from collections.abc import Callable
from typing import Any

import psycopg2

from bench.sync.figures import Figure
from bench.sync.rig import Rig
from connector.foreign.pace import NIGHT_PAGE
from connector.mapping import schema
from connector.outbox.host import OUTBOX, Host
from connector.rows import Rows

PULLED = 2000
TIMES = 10
DUE = (
    "SELECT id, stream, model, res_id, event FROM customer_card_outbox WHERE stream = 'sale'"
    " AND company_id = 1 AND state <> 'dead' AND (retry_at IS NULL OR retry_at <= now())"
    f" ORDER BY stream, id LIMIT {PULLED}"
)


def measure(rig: Rig) -> list[Figure]:
    """Return rows a second of the outbox, and of the foreign ERP's invoice lines."""
    return [*_outbox(rig), *_lines(rig)]


def _outbox(rig: Rig) -> list[Figure]:
    """The one thing that the worker pulls out of our addon; the rows are gone afterwards."""
    odoo = rig.host.odoo
    odoo.cluster.sql(
        "INSERT INTO customer_card_outbox (stream, model, res_id, event, company_id, state,"
        " create_date) SELECT 'sale', 'bench', i, 'posted', 1, 'pending', now() AT TIME ZONE 'UTC'"
        f" FROM generate_series(1, {PULLED}) i",
        odoo.database,
    )
    host = Host(rig.host.erp, "bench", "0")
    ours = _fastest(lambda: host.pull(["sale"], PULLED).rows)
    one_call = _fastest(lambda: [rig.host.erp.call(OUTBOX, "pull", streams=["push"])])
    raw = _json_agg(rig.host.odoo, DUE)
    odoo.cluster.sql("DELETE FROM customer_card_outbox WHERE model = 'bench'", odoo.database)
    return [
        Figure("rows of our outbox a second", "1/s", ours, "json_agg by SQL", raw, target="≥ 0.8×"),
        Figure("a call that has nothing to hand out", "ms", 1000 / one_call),
    ]


def _lines(rig: Rig) -> list[Figure]:
    """A page of invoice lines out of an ERP that need not have our addon."""
    rows = Rows(rig.erp(), schema.load(f"odoo-{rig.version}"))
    plan = rows.plan(rows.mapping.sections["invoice_line"])
    fields = sorted(plan.root.fields)
    found = rows.search(plan, [], fields, limit=NIGHT_PAGE, many=True)
    ours = _fastest(lambda: rows.search(plan, [], fields, limit=NIGHT_PAGE, many=True))
    raw = _json_agg(
        rig.foreign,
        f"SELECT {', '.join(fields)} FROM account_move_line"
        f" WHERE id BETWEEN {found[0]['id']} AND {found[-1]['id']} ORDER BY id LIMIT {len(found)}",
    )
    return [Figure("lines of the foreign ERP a second", "1/s", ours, "json_agg by SQL", raw)]


def _json_agg(odoo: Any, query: str) -> float:
    """Return the rows a second of PostgreSQL's own JSON, parsed as ours is."""
    where = {"host": odoo.cluster.host, "user": "odoo", "dbname": odoo.database}
    with psycopg2.connect(**where) as connection, connection.cursor() as cursor:

        def rows() -> list[Any]:
            cursor.execute(f"SELECT json_agg(one) FROM ({query}) one")
            return cursor.fetchone()[0]

        return _fastest(rows)


def _fastest(work: Callable[[], Any]) -> float:
    """Return rows a second of the fastest of some tries."""
    best = 0.0
    for _ in range(TIMES):
        began = time.perf_counter()
        best = max(best, len(work()) / (time.perf_counter() - began))
    return best
