"""Settings of the stock that is kept in a foreign ERP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, post_load, validate

SHORTAGE = ("book", "wait", "partial")


@dataclass(frozen=True, slots=True)
class StockSettings:
    """How issues leave the stock of a foreign ERP.

    :param warehouse: short name of the warehouse the goods leave; empty: the first one
    :param warehouses: the same, by the name of our till
    :param on_shortage: book (below zero), wait (until all is there) or partial (the rest later)
    :param products: fields of theirs that hold our article's number, then its barcode
    :param customers: field of theirs that holds our customer's number
    :param default_customer: who gets what a customer they do not know got; empty: nobody
    :param units: our unit: theirs, where the names differ
    """

    warehouse: str = ""
    warehouses: Mapping[str, str] = field(default_factory=dict)
    on_shortage: str = "book"
    products: tuple[str, ...] = ("default_code", "barcode")
    customers: str = "ref"
    default_customer: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


class _Names(fields.Dict):
    def __init__(self) -> None:
        super().__init__(keys=fields.String(), values=fields.String())


class StockSchema(Schema):
    """The ``stock:`` part of a foreign ERP."""

    warehouse = fields.String()
    warehouses = _Names()
    on_shortage = fields.String(
        validate=validate.OneOf(SHORTAGE, error="Choose one of: {choices}.")
    )
    products = fields.List(fields.String(), validate=validate.Length(min=1, max=2))
    customers = fields.String(validate=validate.Length(min=1))
    default_customer = fields.String()
    units = _Names()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> StockSettings:
        """Return the typed settings."""
        if "products" in data:
            data["products"] = tuple(data["products"])
        return StockSettings(**data)
