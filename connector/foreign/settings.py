"""Settings of a foreign ERP: one without our addon, that keeps the stock or writes the invoices."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time as clock_time
from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from connector.erp import ErpSettings
from connector.erp.schema import ErpSchema
from connector.foreign.pace import Night
from connector.mapping.model import SECTIONS
from connector.mapping.schema import known_zone
from connector.outbound.settings import StockSchema, StockSettings


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How the changes of a foreign ERP are read.

    :param streams: sections of the mapping to read; empty for all
    :param window_s: longer than the ERP's longest transaction that writes
    :param poll_s: pause between two scans
    :param history: read what was there before, too
    """

    streams: tuple[str, ...] = ()
    window_s: float = 150.0
    poll_s: float = 5.0
    history: bool = True
    night: Night = Night()


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


class NightSchema(Schema):
    """The hours in which an ERP may be read at full speed."""

    begins = fields.Time("%H:%M", load_default=clock_time(20), data_key="from")
    ends = fields.Time("%H:%M", load_default=clock_time(6), data_key="until")
    timezone = fields.String(load_default="Europe/Berlin", validate=known_zone)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Night:
        """Return the typed settings."""
        return Night(**data)


class ReadSchema(Schema):
    """The ``read:`` part of a foreign ERP."""

    streams = fields.List(
        fields.String(validate=validate.OneOf(list(SECTIONS), error="Choose one of: {choices}."))
    )
    window_s = fields.Float(validate=validate.Range(min=1, max=86400))
    poll_s = fields.Float(validate=validate.Range(min=0.5, max=3600))
    history = fields.Boolean()
    night = fields.Nested(NightSchema)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ReadSettings:
        """Return the typed settings."""
        if "streams" in data:
            data["streams"] = tuple(data["streams"])
        return ReadSettings(**data)


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
