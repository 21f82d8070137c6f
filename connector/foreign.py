"""Settings of a foreign ERP: one without our addon, that keeps the stock or writes the invoices."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from connector.erp import ErpSettings
from connector.readsettings import ReadSchema, ReadSettings
from connector.settings import ErpSchema

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


@dataclass(frozen=True, slots=True)
class ForeignSettings:
    """A foreign ERP.

    :param mapping: name of a shipped mapping, or a path: how its documents are read
    :param stock: None where nothing is booked there
    :param read: None where nothing is read from there
    :param name: what our addon calls it, where it is read
    """

    erp: ErpSettings
    mapping: str
    stock: StockSettings | None
    read: ReadSettings | None = None
    name: str = ""


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


class ForeignSchema(Schema):
    """One foreign ERP."""

    erp = fields.Nested(ErpSchema, required=True)
    mapping = fields.String(required=True, validate=validate.Length(min=1))
    stock = fields.Nested(StockSchema, load_default=None, allow_none=True)
    read = fields.Nested(ReadSchema, load_default=None, allow_none=True)
    name = fields.String(load_default="")

    @validates_schema
    def named(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse to read an ERP that the addon has no name for."""
        if data.get("read") is not None and not data.get("name"):
            text = "Give the name that it has in Odoo under Customer Cards, Foreign ERPs."
            raise ValidationError(text, "name")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ForeignSettings:
        """Return the typed settings."""
        return ForeignSettings(**data)


class Foreigns(fields.Nested):
    """The ``foreign:`` part of the worker's settings: one foreign ERP, or a list of several."""

    def __init__(self) -> None:
        super().__init__(ForeignSchema, load_default=())

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> tuple[ForeignSettings, ...]:
        if not isinstance(value, list):
            return (super()._deserialize(value, *args, **kwargs),)
        found, problems = [], {}
        for number, one in enumerate(value):
            try:
                found.append(super()._deserialize(one, *args, **kwargs))
            except ValidationError as error:
                problems[number] = error.messages
        if problems:
            raise ValidationError(problems)
        for number, text in _beside_each_other(found):
            problems[number] = text
        if problems:
            raise ValidationError(problems)
        return tuple(found)


def _beside_each_other(found: list[ForeignSettings]) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Yield what is wrong with several together, by their number."""
    names = Counter(one.name for one in found)
    keeps_stock = False
    for number, one in enumerate(found):
        if not one.name or names[one.name] > 1:
            yield number, {"name": ["Give each of several a name of its own."]}
        elif one.stock and keeps_stock:
            yield number, {"stock": ["Only one of several can keep the stock."]}
        keeps_stock = keeps_stock or one.stock is not None
