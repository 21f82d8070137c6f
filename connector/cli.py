"""``customer-card``: check a settings file against the live ERP, or show what it says."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from marshmallow import EXCLUDE, Schema, fields

from connector.check import check, check_source
from connector.erp import connect
from connector.exceptions import ConfigInvalid
from connector.findings import Finding
from connector.foreign import Foreigns
from connector.mapping.schema import load as load_mapping
from connector.mapping.yamlfile import YamlFile
from connector.settings import ErpSchema, load

SIGNS = {"ok": "ok      ", "warning": "warning ", "error": "ERROR   "}
SECRET_WORDS = ("secret", "password", "token", "pepper")


class _AnySettings(Schema):
    """What the settings of worker and bridge have in common."""

    class Meta:
        """The rest is checked by the program that reads it."""

        unknown = EXCLUDE

    erp = fields.Nested(ErpSchema, required=True)
    mapping = fields.String()
    foreign = Foreigns()


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 fine (perhaps with warnings), 1 an error, 2 wrong settings."""
    parser = argparse.ArgumentParser(prog="customer-card", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="connect to the ERP, look at fields and rights")
    checking.add_argument("--json", action="store_true", help="for programs")
    showing = commands.add_parser("config", help="show the settings, without secrets")
    for command in (checking, showing):
        command.add_argument("config", type=Path, metavar="CONFIG")
    options = parser.parse_args(argv)
    try:
        if options.command == "config":
            print(yaml.safe_dump(redacted(YamlFile(options.config).data), sort_keys=False), end="")
            return 0
        findings = _check(options.config)
    except ConfigInvalid as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(SIGNS[finding.level] + finding.text)
    return 1 if any(finding.level == "error" for finding in findings) else 0


def redacted(data: Any, key: str = "") -> Any:
    """Return *data* with whatever looks like a secret, and is no reference to one, struck out."""
    if isinstance(data, Mapping):
        return {name: redacted(value, str(name)) for name, value in data.items()}
    if isinstance(data, list):
        return [redacted(value, key) for value in data]
    is_reference = str(data).startswith(("env:", "file:"))
    if not is_reference and any(word in key.lower() for word in SECRET_WORDS):
        return "***"
    if isinstance(data, str) and "://" in data and "@" in data:
        scheme, _, rest = data.partition("://")
        return f"{scheme}://***@{rest.rpartition('@')[2]}"
    return data


def _check(path: Path) -> list[Finding]:
    settings = load(path, _AnySettings())
    mapping = load_mapping(settings["mapping"]) if "mapping" in settings else None
    findings = check(settings["erp"], mapping)
    for foreign in settings["foreign"]:
        findings += check_source(
            foreign, load_mapping(foreign.mapping), host=connect(settings["erp"])
        )
    return findings
