"""Mapping files: read, checked, and put on top of the file they extend."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from connector.documents import DocumentClass, InvoiceLine, StockMove, kinds
from connector.exceptions import ConfigInvalid
from connector.mapping.yamlfile import Keys, YamlFile

SECTIONS: dict[str, DocumentClass] = {
    "invoice_line": InvoiceLine,
    "pos_line": InvoiceLine,
    "stock_move": StockMove,
}
COMPUTED = {"key", "void"}
OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "in", "not in", "like", "ilike", "=like", "=ilike")
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
MISSING = object()


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when each path has one of its values."""

    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """Where one field of ours comes from.

    :param paths: the first that the ERP has is taken
    :param at: file:line:column
    """

    at: str
    paths: tuple[str, ...] = ()
    const: Any = MISSING
    map: Mapping[Any, Any] | None = None
    negate_when: Condition | None = None
    default: Any = MISSING


@dataclass(frozen=True, slots=True)
class Section:
    """How one model of the ERP becomes one kind of document.

    :param where: an Odoo domain; a path with ``?`` is left out where the ERP has no such field
    :param watch: time stamps that show a change, for an ERP without outbox
    :param live: otherwise the document is void
    """

    name: str
    at: str
    model: str
    document: DocumentClass
    where: tuple[tuple[str, str, Any], ...]
    watch: tuple[str, ...]
    live: Condition
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class ErpMapping:
    """A whole mapping file with everything it extends."""

    path: Path
    version: int
    sections: Mapping[str, Section]


class _Path(fields.String):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        path = str(super()._deserialize(value, attr, data, **kwargs))
        if not _PATH.fullmatch(path):
            raise ValidationError("Write a field name, or names with dots: move_id.team_id.")
        return path


class _Condition(fields.Dict):
    def __init__(self) -> None:
        super().__init__(keys=_Path(), values=fields.Raw(allow_none=True))


class _RuleSchema(Schema):
    path = _Path()
    first = fields.List(_Path(), validate=validate.Length(min=1))
    const = fields.Raw(allow_none=True)
    map = fields.Dict()
    negate_when = _Condition()
    default = fields.Raw(allow_none=True)

    @validates_schema
    def one_source(self, data: dict[str, Any], **_: Any) -> None:
        if len({"path", "first", "const"} & set(data)) != 1:
            raise ValidationError("Give exactly one of path, first and const.")
        if "const" in data and len(data) > 1:
            raise ValidationError("A const needs no other verb.")


class _Rule(fields.Nested):
    """``date: invoice_date`` is short for ``date: {path: invoice_date}``."""

    def __init__(self) -> None:
        super().__init__(_RuleSchema)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        short = {"path": value} if isinstance(value, str) else value
        return super()._deserialize(short, *args, **kwargs)


class _Term(fields.Field[tuple[str, str, Any]]):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, str, Any]:
        if not isinstance(value, list) or len(value) != 3:
            raise ValidationError("Write a condition like [state, '=', done].")
        path, operator, right = value
        if not isinstance(path, str) or not _PATH.fullmatch(path.removesuffix("?")):
            raise ValidationError(f"'{path}' is no field name.")
        if operator not in OPERATORS:
            raise ValidationError(f"'{operator}' is none of: {', '.join(OPERATORS)}.")
        return path, operator, right


def _section_schema(document: DocumentClass) -> Schema:
    rules = Schema.from_dict(
        {name: _Rule() for name in kinds(document) if name not in COMPUTED}, name="Fields"
    )
    return Schema.from_dict(
        {
            "model": fields.String(data_key="from"),
            "where": fields.List(_Term()),
            "watch": fields.List(_Path()),
            "live": _Condition(),
            "fields_": fields.Nested(rules, data_key="fields"),
        },
        name="Section",
    )()


class _FileSchema(Schema):
    erp = fields.String(validate=validate.Equal("odoo", error="Only 'odoo' is known."))
    version = fields.Integer(strict=True)
    extends = fields.String()
    invoice_line = fields.Nested(_section_schema(InvoiceLine))
    pos_line = fields.Nested(_section_schema(InvoiceLine))
    stock_move = fields.Nested(_section_schema(StockMove))


class _Layers:
    """Files put on top of each other; each value knows its file.

    Lists and the rule of a field replace what was there, other mappings merge.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self._origin: dict[Keys, YamlFile] = {}

    def add(self, file: YamlFile) -> None:
        self._merge(self.data, file.data, (), file)

    def where(self, path: Keys) -> str:
        origin = path
        while origin not in self._origin:
            origin = origin[:-1]
        return self._origin[origin].where(path)

    def _merge(self, base: dict[str, Any], new: dict[str, Any], path: Keys, file: YamlFile) -> None:
        self._origin[path] = file
        for key, value in new.items():
            here = (*path, key)
            is_rule = len(here) == 3 and here[1] == "fields"
            if isinstance(value, dict) and isinstance(base.get(key), dict) and not is_rule:
                self._merge(base[key], value, here, file)
                continue
            self._origin = {k: v for k, v in self._origin.items() if k[: len(here)] != here}
            base[key] = {} if isinstance(value, dict) else value
            self._origin[here] = file
            if isinstance(value, dict):
                self._merge(base[key], value, here, file)


def load(name_or_path: str) -> ErpMapping:
    """Return the shipped mapping of that name ("odoo-19"), or the file at that path.

    :raises ConfigInvalid: every problem of a file at once, with file, line and column
    """
    files = _chain(_find(name_or_path, None))
    layers = _Layers()
    for file in reversed(files):
        layers.add(file)
    content = files[0].load(_FileSchema()) if len(files) == 1 else _FileSchema().load(layers.data)
    sections, problems = {}, []
    for name, document in SECTIONS.items():
        if name in content:
            problems += _incomplete(name, document, content[name], layers)
            sections[name] = _section(name, document, content[name], layers)
    if "version" not in content:
        problems.append(f"{layers.where(())}: 'version' is missing")
    if problems:
        raise ConfigInvalid(problems)
    return ErpMapping(files[0].path, content["version"], sections)


def _chain(path: Path) -> list[YamlFile]:
    files: list[YamlFile] = []
    while True:
        file = YamlFile(path)
        file.load(_FileSchema())
        if any(file.path == seen.path for seen in files):
            raise ConfigInvalid([f"{file.where(('extends',))}: this file extends itself"])
        files.append(file)
        if "extends" not in file.data:
            return files
        try:
            path = _find(file.data["extends"], file.path.parent)
        except ConfigInvalid as error:
            problem = f"{file.where(('extends',))}: {error}"
            raise ConfigInvalid([problem]) from error


def _find(name_or_path: str, folder: Path | None) -> Path:
    shipped = Path(str(resources.files("connector.mapping"))) / f"{name_or_path}.yaml"
    if "/" not in name_or_path and shipped.is_file():
        return shipped
    path = (folder or Path()) / Path(name_or_path).expanduser()
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in shipped.parent.glob("*.yaml")))
        raise ConfigInvalid([f"no mapping '{name_or_path}': neither a file nor one of: {names}"])
    return path


def _incomplete(
    name: str, document: DocumentClass, data: dict[str, Any], layers: _Layers
) -> list[str]:
    problems = []
    if "model" not in data:
        problems.append(f"{layers.where((name,))}: {name}: 'from' is missing")
    given = data.get("fields_", {})
    missing = [n for n in kinds(document) if n not in given and n not in COMPUTED | {"document"}]
    if missing:
        at = layers.where((name, "fields"))
        problems.append(f"{at}: {name}: no rule for {', '.join(missing)}")
    return problems


def _section(name: str, document: DocumentClass, data: dict[str, Any], layers: _Layers) -> Section:
    rules = {
        field: _rule(rule, layers.where((name, "fields", field)))
        for field, rule in data.get("fields_", {}).items()
    }
    return Section(
        name=name,
        at=layers.where((name,)),
        model=data.get("model", ""),
        document=document,
        where=tuple(data.get("where", ())),
        watch=tuple(data.get("watch", ("write_date",))),
        live=_condition(data.get("live", {})),
        rules=rules,
    )


def _rule(data: dict[str, Any], at: str) -> Rule:
    paths = tuple(data["first"]) if "first" in data else (data["path"],) if "path" in data else ()
    return Rule(
        at=at,
        paths=paths,
        const=data.get("const", MISSING),
        map=data.get("map"),
        negate_when=_condition(data["negate_when"]) if "negate_when" in data else None,
        default=data.get("default", MISSING),
    )


def _condition(data: dict[str, Any]) -> Condition:
    return Condition({path: tuple(v) if isinstance(v, list) else (v,) for path, v in data.items()})
