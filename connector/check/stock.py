"""Looks whether a foreign ERP can book what the settings want it to."""

from collections.abc import Iterator

from connector.check.findings import Finding, error, ok
from connector.erp import Erp
from connector.outbound.settings import StockSettings
from connector.outbound.transfers import PICKING


def look_at_stock(erp: Erp, settings: StockSettings) -> Iterator[Finding]:
    """Return what a person has to change before issues can be booked there."""
    problems = [
        *_fields(erp, "product.product", settings.products),
        *_fields(erp, "res.partner", (settings.customers,)),
        *_names(erp, "stock.warehouse", "code", "warehouse", _codes(settings)),
        *_names(erp, "uom.uom", "name", "unit", sorted(set(settings.units.values()))),
    ]
    if not erp.call(PICKING, "check_access_rights", operation="create", raise_exception=False):
        problems.append("This user may not book transfers: make it a user of Inventory.")
    yield from map(error, problems)
    if not problems:
        yield ok(f"Issues can be booked there; where goods are short: {settings.on_shortage}.")


def _codes(settings: StockSettings) -> list[str]:
    return sorted({settings.warehouse, *settings.warehouses.values()} - {""})


def _fields(erp: Erp, model: str, names: tuple[str, ...]) -> Iterator[str]:
    known = erp.call(model, "fields_get", allfields=list(names), attributes=["type"])
    for name in names:
        if name not in known:
            yield f"The ERP has no field '{name}' in {model}."


def _names(erp: Erp, model: str, field: str, what: str, wanted: list[str]) -> Iterator[str]:
    if not wanted:
        return
    rows = erp.call(
        model,
        "search_read",
        domain=[[field, "in", wanted]],
        fields=[field],
        context={"lang": "en_US"},
    )
    for missing in sorted(set(wanted) - {row[field] for row in rows}):
        yield f"The ERP has no {what} {missing}."
