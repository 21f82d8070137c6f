"""``customer-card``: check settings against live ERPs, try them, or prove an exported ledger."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from marshmallow import EXCLUDE, Schema, fields

from connector.check.erps import check, check_source
from connector.check.findings import Finding
from connector.check.meanings import near_model
from connector.erp import connect
from connector.erp.schema import ErpSchema
from connector.exceptions import CardSystemError, ConfigInvalid
from connector.foreign.host import SyncHost
from connector.foreign.pace import Pace
from connector.foreign.preview import preview
from connector.foreign.settings import Foreigns
from connector.mapping.propose import propose
from connector.mapping.schema import load as load_mapping
from connector.mapping.tables import tables
from connector.mapping.yamlfile import Keys, YamlFile
from connector.rows import Rows
from connector.verify import Unreadable, verify

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
    """Return the exit code: 0 fine (perhaps with warnings), 1 an error, 2 an unusable file."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except ConfigInvalid as error:
        print(error, file=sys.stderr)
        return 2
    except CardSystemError as error:
        print(f"{SIGNS['error']}{error}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="customer-card", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], about: str) -> Any:
        command = commands.add_parser(name, help=about)
        command.set_defaults(run=run)
        if name not in {"fields", "verify"}:
            command.add_argument("config", type=Path, metavar="CONFIG")
        return command

    checking = add("check", _checked, "connect to the ERPs, look at fields and rights")
    checking.add_argument("--strict", action="store_true", help="warnings are errors")
    checking.add_argument("--json", action="store_true", help="for programs")
    trying = add("preview", _previewed, "say what would be booked, and write nothing")
    trying.add_argument("--days", type=int, default=30, help="the documents of so many days")
    mapping = add("map", _proposed, "propose a mapping for a model of receipts")
    mapping.add_argument("--model", required=True, help="of the receipts, or of their lines")
    mapping.add_argument("--source", default="", help="its name, where there are several")
    add("fields", _fields, "print the fields of a mapping's sections, for the manual")
    add("config", _config, "show the settings, without secrets")
    proving = add("verify", _verify, "prove an exported ledger, without Odoo")
    proving.add_argument("file", type=Path, metavar="FILE")
    proving.add_argument("--since", type=Path, metavar="OLDER_FILE", help="nothing in it changed")
    return parser


def _fields(_options: argparse.Namespace) -> int:
    print(tables())
    return 0


def _config(options: argparse.Namespace) -> int:
    print(yaml.safe_dump(redacted(YamlFile(options.config).data), sort_keys=False), end="")
    return 0


def _checked(options: argparse.Namespace) -> int:
    findings = _check(options.config)
    if options.json:
        print(json.dumps([{"level": one.level, "text": one.text} for one in findings], indent=2))
    else:
        for finding in findings:
            print(SIGNS[finding.level] + finding.text)
    bad = {"error", "warning"} if options.strict else {"error"}
    return 1 if any(finding.level in bad for finding in findings) else 0


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


def _verify(options: argparse.Namespace) -> int:
    path, since = options.file, options.since
    try:
        findings = verify(path, since)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    for sentence in findings.sentences:
        print(sentence)
    if findings.count > len(findings.sentences):
        print(f"and {findings.count - len(findings.sentences)} more.")
    read = f"{findings.entries} entries of {findings.accounts} accounts"
    if findings.count:
        print(f"{path}: {findings.count} deviations in {read}.")
        return 1
    older = f", and nothing of {since} was changed" if since else ""
    print(f"{path}: {read} are whole{older}.")
    return 0


def _proposed(options: argparse.Namespace) -> int:
    """Print a mapping of a model in the foreign ERP of that name, or the only one."""
    settings = YamlFile(options.config).load(_AnySettings())
    named = [one for one in settings["foreign"] if options.source in ("", one.name)]
    if len(named) != 1:
        names = ", ".join(one.name for one in settings["foreign"]) or "none"
        text = f"{options.config}: say which foreign ERP with --source; there is: {names}"
        raise ConfigInvalid([text])
    erp = connect(named[0].erp)
    rows = Rows(erp, load_mapping(named[0].mapping))
    number = erp.version().partition(".")[0].rpartition("~")[2]
    if rows.describe(options.model) is None:
        near = near_model(rows, options.model)
        raise ConfigInvalid([f"the ERP has no model '{options.model}'{near}"])
    print(propose(options.model, rows.describe, int(number)), end="")
    return 0


def _previewed(options: argparse.Namespace) -> int:
    """Say what each foreign ERP would bring; 1 where one of them cannot be read now."""
    settings = YamlFile(options.config).load(_AnySettings())
    failed = 0
    for foreign in settings["foreign"]:
        if foreign.read is None:
            continue
        host = SyncHost(connect(settings["erp"]), foreign.name)
        print(f"{foreign.name}, the last {options.days} days:")
        try:
            rows = Rows(connect(foreign.erp), load_mapping(foreign.mapping))
            pace = Pace(foreign.read.night)
            found = preview(rows, host, pace, options.days, foreign.read.streams)
        except CardSystemError as error:
            print(f"{SIGNS['error']}{error}")
            failed = 1
        else:
            print("\n".join(found.sentences()))
    return failed


def _check(path: Path) -> list[Finding]:
    file = YamlFile(path)
    settings = file.load(_AnySettings())
    mapping = load_mapping(settings["mapping"]) if "mapping" in settings else None
    findings = _placed(check(settings["erp"], mapping), file, ())
    is_list = isinstance(file.data.get("foreign"), list)
    for number, foreign in enumerate(settings["foreign"]):
        host = connect(settings["erp"])
        found = check_source(foreign, load_mapping(foreign.mapping), host=host)
        findings += _placed(found, file, ("foreign", number) if is_list else ("foreign",))
    return findings


def _placed(findings: Sequence[Finding], file: YamlFile, of: Keys) -> list[Finding]:
    """Return *findings* with file, line and column where a key of the settings is to blame."""
    return [
        replace(one, text=f"{file.where((*of, 'erp', one.key))}: {one.text}") if one.key else one
        for one in findings
    ]
