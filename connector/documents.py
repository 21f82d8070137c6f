"""The documents that the loyalty rules are fed with, the same whichever ERP they came from.

Numbers stay floats on their way: they are JSON on both sides, nothing here computes with them,
and the receiver rounds them to the precision of the currency or unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any

import marshmallow as ma
from marshmallow import validate

Row = Mapping[str, Any]


def _kind(
    kind: str,
    *,
    optional: bool = False,
    counts: bool = False,
    values: tuple[str, ...] = (),
    to: str = "",
) -> Any:
    """Describe a field.

    :param values: the only ones that mean something; *to*: what a link points to, a section of the
        mapping or a model
    :param optional: a mapping may leave it out
    :param counts: points or pieces follow from it, so a comparison has to see a change
    """
    options = {"optional": optional, "counts": counts, "values": values, "to": to}
    return field(metadata={"kind": kind, **options})


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One sold line of an invoice, credit note or counter sale; refunds are negative.

    :param key: the line, as "model:id"
    :param document: the invoice or order it belongs to, as "model:id"
    :param date: YYYY-MM-DD where the shop is
    :param void: the document does not count (draft again, cancelled)
    :param net: without tax, after discount; *gross*: the same with tax
    """

    key: str = _kind("key")
    document: str = _kind("key")
    number: str = _kind("text")
    date: str = _kind("date", counts=True)
    void: bool = _kind("void")
    customer: int | None = _kind("ref", counts=True, to="customer")
    product: int | None = _kind("ref", counts=True, to="product")
    quantity: float = _kind("number", counts=True)
    unit: int | None = _kind("ref", to="uom.uom")
    price: float = _kind("number")
    discount: float = _kind("number", counts=True)
    net: float = _kind("number")
    gross: float = _kind("number", counts=True)
    currency: int | None = _kind("ref", counts=True, to="res.currency")
    shop: int | None = _kind("ref")


@dataclass(frozen=True, slots=True)
class StockMove:
    """Goods that went from one place to another.

    :param direction: "out" to a customer, "in" into the stock, otherwise "other"
    :param quantity: negative, if the goods came back from a customer; times *times*, divided by
        *per*: in the article's own unit
    :param own_unit: what that is called; empty: the same unit as ours
    :param returns: the move that this one brings back
    :param purpose: "issue" where the goods came off an allowance, empty for any other delivery
    """

    key: str = _kind("key")
    document: str = _kind("key")
    date: str = _kind("date", counts=True)
    void: bool = _kind("void")
    product: int | None = _kind("ref", counts=True, to="product")
    quantity: float = _kind("number", counts=True)
    unit: int | None = _kind("ref", to="uom.uom")
    times: float = _kind("number")
    per: float = _kind("number")
    own_unit: str = _kind("text")
    source: int | None = _kind("ref", to="stock.location")
    target: int | None = _kind("ref", to="stock.location")
    direction: str = _kind("text", counts=True, values=("out", "in", "other"))
    customer: int | None = _kind("ref", counts=True, to="customer")
    origin: str = _kind("text", counts=True)
    returns: int | None = _kind("ref", counts=True, to="stock_move")
    purpose: str = _kind("text", counts=True, values=("", "issue"))
    shop: int | None = _kind("ref")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of a foreign ERP.

    :param reference: the number that both ERPs know the customer by
    :param birthday: YYYY-MM-DD, None where nobody wrote it down
    :param gender: "f", "m", "d" (divers) or empty
    :param parent: the customer that an address belongs to; *role*: "contact" for somebody of their
        own, else an address: without a number it stands for its parent
    :param archived: "archived" or empty; one that is archived steps back for another of its number
    """

    key: str = _kind("key")
    document: str = _kind("key")
    void: bool = _kind("void")
    reference: str = _kind("text", counts=True)
    name: str = _kind("text")
    birthday: str | None = _kind("birthday")
    gender: str = _kind("text", values=("", "f", "m", "d"))
    parent: int | None = _kind("ref", optional=True, counts=True, to="customer")
    role: str = _kind("text", optional=True, counts=True)
    archived: str = _kind("text", optional=True, counts=True, values=("", "archived"))


@dataclass(frozen=True, slots=True)
class Product:
    """An article or service of a foreign ERP.

    :param code: the number that both ERPs know it by
    :param kind: "goods" or "service"
    """

    key: str = _kind("key")
    document: str = _kind("key")
    void: bool = _kind("void")
    code: str = _kind("text", counts=True)
    barcode: str = _kind("text", counts=True)
    name: str = _kind("text")
    kind: str = _kind("text", counts=True, values=("goods", "service"))


Document = InvoiceLine | StockMove | Customer | Product
DocumentClass = type[InvoiceLine] | type[StockMove] | type[Customer] | type[Product]


class _OdooField(ma.fields.Field[Any]):
    """Odoo's False for "empty" becomes None; a real boolean is no number and no text."""

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        empty = value is False or value is None
        return super().deserialize(None if empty else value, attr, data, **kwargs)


class OdooText(_OdooField, ma.fields.String):
    """A text; nothing is the empty text."""

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        return super().deserialize(value, attr, data, **kwargs) or ""


class OdooRef(_OdooField, ma.fields.Integer):
    """The id of a record, or nothing."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class OdooNumber(_OdooField, ma.fields.Float):
    """A finite number."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if type(value) not in (int, float):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class OdooDate(_OdooField, ma.fields.String):
    """The day of a date or of a time stamp, as text."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        try:
            return day(super()._deserialize(value, attr, data, **kwargs))
        except ValueError as error:
            raise ma.ValidationError("Not a valid date.") from error


_STAMP = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})( [0-9]{2}:[0-9]{2}:[0-9]{2})?")


@lru_cache(maxsize=4096)
def day(stamp: str) -> str:
    """Return the day of Odoo's "YYYY-MM-DD" or "YYYY-MM-DD hh:mm:ss".

    :raises ValueError: there is no such day
    """
    match = _STAMP.fullmatch(stamp)
    if match is None:
        raise ValueError(stamp)
    return date(int(match[1]), int(match[2]), int(match[3])).isoformat()


_FIELDS: dict[str, ma.fields.Field[Any]] = {
    "key": ma.fields.String(required=True),
    "void": ma.fields.Boolean(required=True),
    "text": OdooText(required=True, allow_none=True),
    "ref": OdooRef(required=True, allow_none=True, strict=True, validate=validate.Range(min=1)),
    "number": OdooNumber(required=True, allow_nan=False),
    "date": OdooDate(required=True),
    "birthday": OdooDate(required=True, allow_none=True),
}


def kinds(document: DocumentClass) -> dict[str, str]:
    """Return name -> kind of the fields of *document*, in their order."""
    return {item.name: item.metadata["kind"] for item in fields(document)}


def optional(document: DocumentClass) -> set[str]:
    """Return the fields that a mapping may leave out."""
    return {item.name for item in fields(document) if item.metadata["optional"]}


def counting(document: DocumentClass) -> set[str]:
    """Return the fields that points or pieces follow from, or who is who."""
    return {item.name for item in fields(document) if item.metadata["counts"]}


def allowed(document: DocumentClass) -> dict[str, tuple[str, ...]]:
    """Return field -> the only values that mean something, of those where there are such."""
    return {
        item.name: item.metadata["values"] for item in fields(document) if item.metadata["values"]
    }


def targets(document: DocumentClass) -> dict[str, str]:
    """Return link -> what it has to point to: a section of the mapping, or a model."""
    return {item.name: item.metadata["to"] for item in fields(document) if item.metadata["to"]}


def schema(document: DocumentClass) -> ma.Schema:
    """Return the marshmallow schema of *document*: slow, but it explains what is wrong."""
    return ma.Schema.from_dict({name: _FIELDS[kind] for name, kind in kinds(document).items()})()


_NAMES = {one: tuple(kinds(one)) for one in (InvoiceLine, StockMove, Customer, Product)}


def as_json(document: Document) -> dict[str, Any]:
    """Return *document* as it travels to the addon; asdict would copy each value, slowly."""
    return {name: getattr(document, name) for name in _NAMES[type(document)]}
