"""Finds in a foreign ERP what our numbers and names mean there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connector.erp import Erp
from connector.exceptions import FatalError
from connector.outbound.settings import StockSettings
from connector.outbound.transfers import Goods, Transfers
from connector.outbound.units import Unit, Units
from connector.outbox.issues import Issue

Record = Mapping[str, Any]
# Names of units are compared in the language they were made in.
CONTEXT = {"lang": "en_US"}


class Unknown(FatalError):
    """The ERP does not have something of that name."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one page needs, as the ERP knows it; records by the value they were looked up by."""

    products: Sequence[Mapping[str, list[Record]]]
    customers: Mapping[str, list[Record]]
    lots: Mapping[str, list[Record]]


class Directory:
    """Looks up a whole page at once: one call for each kind of thing.

    Units and warehouses are asked for once: they hardly change while a worker lives.
    """

    def __init__(self, erp: Erp, settings: StockSettings, transfers: Transfers) -> None:
        self._erp = erp
        self._settings = settings
        self._transfers = transfers

    def resolve(self, issues: Sequence[Issue]) -> tuple[list[tuple[Issue, Goods]], dict[str, str]]:
        """Return the transfers to make, and by key why there is none for the others."""
        found = self._look_up(issues)
        goods: list[tuple[Issue, Goods]] = []
        reasons: dict[str, str] = {}
        for issue in issues:
            try:
                goods.append((issue, self._goods(issue, found)))
            except Unknown as error:
                reasons[issue.key] = str(error)
        return goods, reasons

    def _look_up(self, issues: Sequence[Issue]) -> _Found:
        wanted = self._settings
        numbers = ([one.code for one in issues], [one.barcode for one in issues])
        products = [
            self._by("product.product", name, given, ["display_name", "uom_id"])
            for name, given in zip(wanted.products, numbers, strict=False)
        ]
        refs = [*(one.customer for one in issues), wanted.default_customer]
        lots = [one.lot for one in issues if one.lot]
        model = self._transfers.lot_model if lots else ""
        return _Found(
            products=products,
            customers=self._by("res.partner", wanted.customers, refs, ["property_stock_customer"]),
            lots=self._by(model, "name", lots, ["product_id"]) if lots else {},
        )

    @cached_property
    def _units(self) -> Units:
        return Units.read(self._erp, CONTEXT)

    @cached_property
    def _warehouses(self) -> Sequence[Record]:
        fields = ["code", "lot_stock_id", "out_type_id", "in_type_id"]
        return self._read("stock.warehouse", [], fields)

    @cached_property
    def _outside(self) -> int:
        """The place of customers who have none of their own, 0 for none."""
        found = self._read("stock.location", [["usage", "=", "customer"]], [])
        return int(found[0]["id"]) if found else 0

    def _goods(self, issue: Issue, found: _Found) -> Goods:
        product = self._product(issue, found)
        customer = self._customer(issue, found)
        house = self._warehouse(issue)
        own = customer.get("property_stock_customer")
        inside, outside = house["lot_stock_id"][0], own[0] if own else self._outside
        if not outside:
            raise Unknown("The other ERP has no location of customers.")
        back = issue.quantity < 0
        unit, own = self._unit(issue), product["uom_id"][0]
        quantity, unit_id = self._units.of_article(abs(issue.quantity), unit, own)
        return Goods(
            key=issue.key,
            kind=house["in_type_id" if back else "out_type_id"][0],
            product=product["id"],
            name=issue.name,
            quantity=quantity,
            unit=unit_id,
            source=outside if back else inside,
            target=inside if back else outside,
            partner=customer.get("id", 0),
            lot=self._lot(issue, product, found),
            note=issue.origin,
            booked=True,
        )

    def _product(self, issue: Issue, found: _Found) -> Record:
        given = (issue.code, issue.barcode)
        for known, number in zip(found.products, given, strict=False):
            several = known.get(number, []) if number else []
            if len(several) == 1:
                return several[0]
            if several:
                text = f"The other ERP has {len(several)} articles {number}. Make them differ."
                raise Unknown(text)
        numbers = " or ".join(number for number in given if number)
        if not numbers:
            raise Unknown(f"{issue.name} has no number, so the other ERP cannot know it.")
        raise Unknown(f"The other ERP has no article {numbers} ({issue.name}).")

    def _unit(self, issue: Issue) -> Unit:
        name = self._settings.units.get(issue.unit, issue.unit)
        if unit := self._units.named(name):
            return unit
        self.__dict__.pop("_units")  # it may be made by now
        text = f"The other ERP has no unit {name}. Name it under 'units' in the settings."
        raise Unknown(text)

    def _customer(self, issue: Issue, found: _Found) -> Record:
        """Return the customer over there, or nobody: the goods have left all the same."""
        for ref in (issue.customer, self._settings.default_customer):
            if ref and found.customers.get(ref):
                return found.customers[ref][0]
        return {}

    def _warehouse(self, issue: Issue) -> Record:
        wanted = self._settings
        code = wanted.warehouses.get(issue.place, wanted.warehouse)
        for house in self._warehouses:
            if code in ("", house["code"]):
                return house
        self.__dict__.pop("_warehouses")
        raise Unknown(f"The other ERP has no warehouse {code}.")

    def _lot(self, issue: Issue, product: Record, found: _Found) -> int:
        if not issue.lot:
            return 0
        for lot in found.lots.get(issue.lot, []):
            if lot["product_id"][0] == product["id"]:
                return int(lot["id"])
        raise Unknown(f"The other ERP has no lot {issue.lot} of {issue.name}.")

    def _by(
        self, model: str, name: str, values: Iterable[str], fields: Sequence[str]
    ) -> dict[str, list[Record]]:
        """Return the records whose field *name* is one of *values*, by that value."""
        wanted = sorted({value for value in values if value})
        found: dict[str, list[Record]] = {}
        if wanted:
            for record in self._read(model, [[name, "in", wanted]], [name, *fields]):
                found.setdefault(record[name], []).append(record)
        return found

    def _read(self, model: str, domain: list[Any], fields: Sequence[str]) -> list[Record]:
        rows: list[Record] = self._erp.call(
            model, "search_read", domain=domain, fields=list(fields), order="id", context=CONTEXT
        )
        return rows
