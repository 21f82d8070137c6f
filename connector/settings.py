"""Settings files: YAML, every key known, secrets only as references to where they are kept."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields

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


def _first_line(path: str) -> str:
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[0].strip() if lines else ""
