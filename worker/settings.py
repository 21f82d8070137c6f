"""The worker's settings file."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate

from connector.erp import ErpSettings
from connector.erp.schema import ErpSchema
from connector.foreign.settings import Foreigns, ForeignSettings
from connector.settings import Secret

REDIS = {"redis", "rediss", "redis+socket"}
AMQP = {"amqp", "amqps"}


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Everything the worker is told.

    :param broker_url: with its password; never print it
    :param notes_url: Redis for the notes that workers share; empty: the ERP keeps them
    :param mapping: name of a shipped mapping, or a path
    :param poll_s: pause between two questions for work, when there was none
    :param page: rows of the outbox per call
    :param metrics_port: for Prometheus, on the loopback only; 0 for none
    :param foreign: other ERPs, that are read or keep the stock; the latter is one of them at most
    """

    erp: ErpSettings
    broker_url: str = field(repr=False)
    notes_url: str = field(repr=False)
    mapping: str
    poll_s: float
    page: int
    log_level: str
    metrics_port: int
    foreign: tuple[ForeignSettings, ...]

    @property
    def stock(self) -> ForeignSettings | None:
        """The foreign ERP that keeps the stock."""
        return next((one for one in self.foreign if one.stock), None)

    @property
    def broker_name(self) -> str:
        """The broker's address without its password, for people."""
        return _without_password(self.broker_url)

    @property
    def broker_kind(self) -> str:
        """What the broker is, for people."""
        return "Redis" if urlsplit(self.broker_url).scheme in REDIS else "The broker"

    @property
    def notes_name(self) -> str:
        """Where the shared notes are, for people."""
        return _without_password(self.notes_url) if self.notes_url else self.erp.url


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class _BrokerUrl(fields.String):
    def __init__(self, schemes: set[str]) -> None:
        super().__init__(required=True)
        self._schemes = schemes

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        url = str(super()._deserialize(value, *args, **kwargs))
        parts = urlsplit(url)
        if parts.password:
            raise ValidationError("Put the password under 'password', as env:NAME or file:PATH.")
        if parts.scheme not in self._schemes:
            rabbit = " or amqp://user@127.0.0.1:5672/vhost" if self._schemes >= AMQP else ""
            raise ValidationError(f"Write it like redis://127.0.0.1:6379/0{rabbit}.")
        return url


class _BrokerSchema(Schema):
    url = _BrokerUrl(REDIS | AMQP)
    password = Secret()


class _NotesSchema(Schema):
    url = _BrokerUrl(REDIS)
    password = Secret()


class WorkerSchema(Schema):
    """Schema of the worker's settings file."""

    erp = fields.Nested(ErpSchema, required=True)
    broker = fields.Nested(_BrokerSchema, required=True)
    notes = fields.Nested(_NotesSchema)
    mapping = fields.String(load_default="odoo-19", validate=validate.Length(min=1))
    poll_s = fields.Float(load_default=0.5, validate=validate.Range(min=0.1, max=10))
    page = fields.Integer(load_default=100, strict=True, validate=validate.Range(min=1, max=2000))
    log_level = fields.String(
        load_default="info",
        validate=validate.OneOf(["debug", "info", "warning"], error="Choose one of: {choices}."),
    )
    metrics_port = fields.Integer(
        load_default=0, strict=True, validate=validate.Range(min=0, max=65535)
    )
    foreign = Foreigns()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> WorkerSettings:
        """Return the typed settings."""
        broker_url = _with_password(**data.pop("broker"))
        notes = data.pop("notes", None)
        notes_url = broker_url if urlsplit(broker_url).scheme in REDIS else ""
        if notes:
            notes_url = _with_password(**notes)
        return WorkerSettings(broker_url=broker_url, notes_url=notes_url, **data)


def _with_password(url: str, password: str = "") -> str:
    parts = urlsplit(url)
    if not password:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()
