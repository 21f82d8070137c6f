"""Settings files: YAML, every key known, secrets only as references to where they are kept."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate

from connector.erp import TRANSPORTS, ErpSettings
from connector.mapping.yamlfile import YamlFile


def load(path: str | Path, schema: Schema) -> Any:
    """Return what *schema* makes of the settings file.

    :raises ConfigInvalid: every problem at once, each naming file, line and column
    """
    return YamlFile(Path(path)).load(schema)


class Secret(fields.String):
    """A secret, given as ``env:NAME`` or ``file:PATH`` and resolved while loading."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        kind, colon, name = str(value).partition(":")
        if not colon or not name or kind not in {"env", "file"}:
            # The value may be the secret itself, so the sentence must not repeat it.
            raise ValidationError("Write env:NAME or file:PATH here, never the secret itself.")
        secret = os.environ.get(name, "") if kind == "env" else _first_line(name)
        if not secret:
            place = "The environment variable" if kind == "env" else "The file"
            raise ValidationError(f"{place} {name} is not set, empty or not readable.")
        return secret


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


def _first_line(path: str) -> str:
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[0].strip() if lines else ""
