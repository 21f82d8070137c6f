"""The bridge's settings file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from connector.erp import ErpSettings
from connector.erp.schema import ErpSchema
from connector.mapping.yamlfile import YamlFile
from connector.settings import load
from reader_bridge.policies import POLICIES

HEALTH_PORT = 8732


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """Scanners of one kind.

    :param kind: ``serial`` or ``evdev``
    :param pattern: which ports, or names of devices
    """

    kind: str
    pattern: str
    baud: int


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """What one till needs to know.

    :param readers: patterns of the PC/SC readers that belong to this till; none: no card service
    :param language: ``auto`` for the till's language in the ERP, or a code like ``de_DE``
    :param health_port: 0 turns the health page off
    :param key_file: where the API key lies, if it lies in a file
    """

    erp: ErpSettings
    spool: Path
    readers: tuple[str, ...]
    policy: str
    language: str
    health_port: int
    heartbeat_s: float
    key_file: Path | None = None
    scanners: tuple[ScannerSettings, ...] = ()
    nfc: tuple[str, ...] = ()


class ScannerSchema(Schema):
    """One entry of ``scanners:``."""

    serial = fields.String(validate=validate.Length(min=1))
    evdev = fields.String(validate=validate.Length(min=1))
    baud = fields.Integer(load_default=9600, validate=validate.Range(min=300, max=4_000_000))

    @validates_schema
    def one_kind(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a scanner that is attached in no way or in two."""
        if ("serial" in data) == ("evdev" in data):
            raise ValidationError("Write either serial or evdev here, and which one.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ScannerSettings:
        """Return the typed settings."""
        kind = "serial" if "serial" in data else "evdev"
        return ScannerSettings(kind, data[kind], data["baud"])


class BridgeSchema(Schema):
    """The keys of the settings file; anything else in it is an error."""

    erp = fields.Nested(ErpSchema, required=True)
    spool = fields.String(load_default="/var/lib/customer-card-bridge/spool.sqlite")
    readers = fields.List(fields.String(), load_default=lambda: ["*"])
    scanners = fields.List(fields.Nested(ScannerSchema), load_default=list)
    nfc = fields.List(
        fields.String(validate=validate.Regexp(r"(usb|tty|udp)(:.+)?$")), load_default=list
    )
    policy = fields.String(load_default="log", validate=validate.OneOf(sorted(POLICIES)))
    language = fields.String(load_default="auto")
    health_port = fields.Integer(
        load_default=HEALTH_PORT, validate=validate.Range(min=0, max=65535)
    )
    heartbeat_s = fields.Float(load_default=20.0, validate=validate.Range(min=1, max=600))

    @validates_schema
    def some_reader(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a till that reads nothing."""
        if not (data.get("readers") or data.get("scanners") or data.get("nfc")):
            raise ValidationError("Name at least one reader, scanner or nfc device.", "readers")

    @post_load(pass_original=True)
    def make(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> BridgeSettings:
        """Return the typed settings."""
        data["spool"] = Path(data["spool"]).expanduser()
        for name in ("readers", "scanners", "nfc"):
            data[name] = tuple(data[name])
        kind, _colon, name = str(original["erp"]["secret"]).partition(":")
        data["key_file"] = Path(name).expanduser() if kind == "file" else None
        return BridgeSettings(**data)


def read_settings(path: Path) -> BridgeSettings:
    """Read the settings file.

    :raises ConfigInvalid: every problem at once, with file and line
    """
    settings = load(path, BridgeSchema())
    assert isinstance(settings, BridgeSettings)
    return settings


def read_public(path: Path) -> tuple[int, str]:
    """Return health port and language: who may not read the key may ask the bridge all the same.

    :raises ConfigInvalid: there is no settings file, or it is none
    """
    data = YamlFile(path).data
    port = data.get("health_port", HEALTH_PORT)
    return port if isinstance(port, int) else HEALTH_PORT, str(data.get("language", "auto"))
