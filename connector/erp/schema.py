"""The ``erp:`` part of a settings file. Apart from the rest, as it takes long to import."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate

from connector.erp.settings import TRANSPORTS, ErpSettings
from connector.settings import Secret


class Address(fields.String):
    """The ERP's address: scheme, host and port, nothing else."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        parts = urlsplit(str(super()._deserialize(value, attr, data, **kwargs)))
        if "@" in parts.netloc:
            raise ValidationError("No login or password in the address, please.")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValidationError("Write it like https://erp.example.com or http://10.0.0.5:8069.")
        return f"{parts.scheme}://{parts.netloc}"


class ErpSchema(Schema):
    """The ``erp:`` part of every settings file."""

    url = Address(required=True)
    database = fields.String(required=True, validate=validate.Length(min=1))
    login = fields.String(required=True, validate=validate.Length(min=1))
    secret = Secret(required=True)
    transport = fields.String(
        load_default="json2",
        validate=validate.OneOf(TRANSPORTS, error="Choose one of: {choices}."),
    )
    timeout_s = fields.Float(load_default=30.0, validate=validate.Range(min=1, max=600))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ErpSettings:
        """Return the typed settings."""
        return ErpSettings(**data)
