"""Currencies travel by their codes: their ids differ from one ERP to the other."""

from connector.foreign.changes import Page
from connector.rows import CONTEXT, Rows

CURRENCY = "res.currency"


def coded(rows: Rows, page: Page) -> Page:
    """Return *page* with codes (EUR) in place of the ids of currencies.

    Each is asked for once. One that the ERP does not name keeps an "#" and its id, which the host
    knows as no currency: it says so, and takes no amount one to one.

    :raises RetryableError: the ERP is away; nothing was changed
    """
    found = [row["data"] for row in page.rows if type(row["data"].get("currency")) is int]
    if unknown := {data["currency"] for data in found} - rows.currencies.keys():
        wanted = {"domain": [["id", "in", sorted(unknown)]], "fields": ["name"]}
        known = rows.describe(CURRENCY) is not None
        answer = rows.erp.call(CURRENCY, "search_read", **wanted, context=CONTEXT) if known else []
        rows.currencies.update({one: f"#{one}" for one in unknown})
        rows.currencies.update({record["id"]: record["name"] for record in answer})
    for data in found:
        data["currency"] = rows.currencies[data["currency"]]
    return page
