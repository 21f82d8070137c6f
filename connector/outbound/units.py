"""Units of a foreign ERP: what is counted in ours, in those that its articles are counted in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from connector.erp import Erp

UOM = "uom.uom"
# Odoo's own precision of quantities, unless somebody changed it.
DIGITS = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    :param size: how many of the smallest unit of its *family* it is
    """

    id: int
    name: str
    size: float
    family: str

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> Self:
        """Return the unit of a row; up to Odoo 18 the factor of a dozen is a twelfth."""
        if "category_id" in row:
            size, family = 1 / row["factor"], str(row["category_id"][0])
        else:
            size, family = row["factor"], row["parent_path"].partition("/")[0]
        return cls(row["id"], row["name"], size, family)


class Units:
    """The units of one ERP; of two with one name the older counts."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._by_id = {unit.id: unit for unit in units}
        self._by_name = {unit.name: unit for unit in reversed(units)}

    @classmethod
    def read(cls, erp: Erp, context: Mapping[str, Any]) -> Self:
        """Ask the ERP for all of them."""
        names = ["category_id", "parent_path"]
        known = erp.call(UOM, "fields_get", allfields=names, attributes=["type"])
        fields = ["name", "factor", next(name for name in names if name in known)]
        rows = erp.call(
            UOM, "search_read", domain=[], fields=fields, order="id", context=dict(context)
        )
        return cls([Unit.parse(row) for row in rows])

    def named(self, name: str) -> Unit | None:
        """Return the unit of that name."""
        return self._by_name.get(name)

    def of_article(self, quantity: float, unit: Unit, own: int) -> tuple[float, int]:
        """Return a quantity with its unit: the article's *own*, where it can be told in it.

        Odoo rounds what it reserves and books to its precision in the unit of the transfer: 14 of
        18 packs of six that are not there would be 13.98 pieces.
        """
        target = self._by_id.get(own)
        if target is None or target.family != unit.family:
            return quantity, unit.id  # the ERP says what is wrong with it
        exact = quantity * unit.size / target.size
        rounded = round(exact, DIGITS)
        return (rounded, own) if abs(exact - rounded) < 1e-6 else (quantity, unit.id)
