"""The bridge's settings file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from connector.erp import ErpSettings
from connector.mapping.yamlfile import YamlFile
from connector.settings import ErpSchema, load
from reader_bridge.policy import POLICIES

HEALTH_PORT = 8732


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """What one till needs to know.

    :param readers: patterns of the readers that belong to this till
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


class BridgeSchema(Schema):
    """The keys of the settings file; anything else in it is an error."""

    erp = fields.Nested(ErpSchema, required=True)
    spool = fields.String(load_default="/var/lib/customer-card-bridge/spool.sqlite")
    readers = fields.List(
        fields.String(), load_default=lambda: ["*"], validate=validate.Length(min=1)
    )
    policy = fields.String(load_default="log", validate=validate.OneOf(sorted(POLICIES)))
    language = fields.String(load_default="auto")
    health_port = fields.Integer(
        load_default=HEALTH_PORT, validate=validate.Range(min=0, max=65535)
    )
    heartbeat_s = fields.Float(load_default=20.0, validate=validate.Range(min=1, max=600))

    @post_load(pass_original=True)
    def make(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> BridgeSettings:
        """Return the typed settings."""
        data["spool"] = Path(data["spool"]).expanduser()
        data["readers"] = tuple(data["readers"])
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
