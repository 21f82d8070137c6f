"""Settings of how a foreign ERP is read."""

from dataclasses import dataclass
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from connector.mapping.model import SECTIONS
from connector.pace import Night


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


class NightSchema(Schema):
    """The hours in which an ERP may be read at full speed."""

    begins = fields.Time("%H:%M", load_default=clock_time(20), data_key="from")
    ends = fields.Time("%H:%M", load_default=clock_time(6), data_key="until")
    timezone = fields.String(load_default="Europe/Berlin")

    @validates("timezone")
    def known_zone(self, value: str, **_: Any) -> None:
        """Refuse a time zone that this machine does not know."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValidationError("Write it like Europe/Berlin.") from error

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
