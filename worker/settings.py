"""The worker's settings file."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate

from connector.erp import ErpSettings
from connector.settings import ErpSchema, Secret


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Everything the worker is told.

    :param broker_url: with its password; never print it
    :param mapping: name of a shipped mapping, or a path
    :param poll_s: pause between two questions for work, when there was none
    :param page: rows of the outbox per call
    """

    erp: ErpSettings
    broker_url: str = field(repr=False)
    mapping: str
    poll_s: float
    page: int
    log_level: str

    @property
    def broker_name(self) -> str:
        """The broker's address without its password, for people."""
        parts = urlsplit(self.broker_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class _BrokerUrl(fields.String):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        url = str(super()._deserialize(value, *args, **kwargs))
        parts = urlsplit(url)
        if parts.password:
            raise ValidationError("Put the password under 'password', as env:NAME or file:PATH.")
        if parts.scheme not in {"redis", "rediss", "redis+socket"}:
            raise ValidationError("Write it like redis://127.0.0.1:6379/0.")
        return url


class _BrokerSchema(Schema):
    url = _BrokerUrl(required=True)
    password = Secret()


class WorkerSchema(Schema):
    """Schema of the worker's settings file."""

    erp = fields.Nested(ErpSchema, required=True)
    broker = fields.Nested(_BrokerSchema, required=True)
    mapping = fields.String(load_default="odoo-19", validate=validate.Length(min=1))
    poll_s = fields.Float(load_default=0.5, validate=validate.Range(min=0.1, max=10))
    page = fields.Integer(load_default=100, strict=True, validate=validate.Range(min=1, max=2000))
    log_level = fields.String(
        load_default="info",
        validate=validate.OneOf(["debug", "info", "warning"], error="Choose one of: {choices}."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> WorkerSettings:
        """Return the typed settings."""
        broker = data.pop("broker")
        return WorkerSettings(broker_url=_with_password(**broker), **data)


def _with_password(url: str, password: str = "") -> str:
    parts = urlsplit(url)
    if not password:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()
