"""Mapping files: read, checked, and put on top of the file they extend."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from connector.documents import DocumentClass, allowed, kinds, optional
from connector.exceptions import ConfigInvalid
from connector.mapping.layers import SHIPPED, Layers, find
from connector.mapping.model import (
    COMPUTED,
    MISSING,
    SECTIONS,
    SHOP_ZONE,
    Condition,
    ErpMapping,
    Rule,
    Section,
)
from connector.mapping.yamlfile import YamlFile, did_you_mean

OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "in", "not in", "like", "ilike", "=like", "=ilike")
_FORMATS = (
    "Write how the day stands in the text, with day, month and year: '%d.%m.%Y' for 21.11.2026,"
    " '%d.%m.%Y %H:%M' for 21.11.2026 00:30."
)
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


class _Path(fields.String):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        path = str(super()._deserialize(value, attr, data, **kwargs))
        if not _PATH.fullmatch(path):
            raise ValidationError("Write a field name, or names with dots: move_id.team_id.")
        return path


def _one_value(value: Any) -> None:
    """Refuse lists and mappings where a single value belongs."""
    if isinstance(value, list | dict):
        raise ValidationError("Write a single value.")


def _some_values(value: Any) -> None:
    """Refuse what is neither a value nor a list of values."""
    if any(isinstance(one, list | dict) for one in (value if isinstance(value, list) else [value])):
        raise ValidationError("Write a value, or a list of values: [posted, paid].")


class _Condition(fields.Dict):
    def __init__(self) -> None:
        values = fields.Raw(allow_none=True, validate=_some_values)
        super().__init__(keys=_Path(), values=values)


def known_zone(value: str) -> None:
    """Refuse a time zone that this machine does not know."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError("Write it like Europe/Berlin.") from error


class _Format:
    """A format of dates that can be read back, as in strftime."""

    def __call__(self, value: str) -> None:
        day = datetime(2026, 11, 21, tzinfo=UTC)
        try:
            whole = datetime.strptime(day.strftime(value), value)  # noqa: DTZ007 a day has none
        except (ValueError, UnicodeError, re.error) as error:
            raise ValidationError(_FORMATS) from error
        if whole.date() != day.date():
            raise ValidationError(_FORMATS)


class _RuleSchema(Schema):
    path = _Path()
    first = fields.List(_Path(), validate=validate.Length(min=1))
    const = fields.Raw(allow_none=True, validate=_one_value)
    map = fields.Dict(values=fields.Raw(allow_none=True, validate=_one_value))
    negate_when = _Condition()
    default = fields.Raw(allow_none=True, validate=_one_value)
    format = fields.String(validate=_Format())
    zone = fields.String(validate=known_zone)

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
        _some_values(right)
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
            "fingerprint": fields.List(_Path()),
            "live": _Condition(),
            "fields_": fields.Nested(rules, data_key="fields"),
        },
        name="Section",
    )()


class _FileSchema(Schema):
    erp = fields.String(validate=validate.Equal("odoo", error="Only 'odoo' is known."))
    version = fields.Integer(strict=True)
    extends = fields.String()
    timezone = fields.String(validate=known_zone)


def _file_schema() -> Schema:
    sections: dict[str, fields.Field[Any]] = {
        name: fields.Nested(_section_schema(document)) for name, document in SECTIONS.items()
    }
    return _FileSchema.from_dict(sections)()


def load(name_or_path: str) -> ErpMapping:
    """Return the shipped mapping of that name ("odoo-19"), or the file at that path.

    :raises ConfigInvalid: every problem of a file at once, with file, line and column
    """
    files = _chain(find(name_or_path, None))
    layers = Layers()
    for file in reversed(files):
        layers.add(file)
    content = files[0].load(_file_schema()) if len(files) == 1 else _file_schema().load(layers.data)
    sections, problems = {}, []
    for name, document in SECTIONS.items():
        if name in content:
            problems += _incomplete(name, document, content[name], layers)
            problems += _meaningless(name, document, content[name], layers)
            zone = content.get("timezone", SHOP_ZONE)
            sections[name] = _section(name, document, content[name], layers, zone)
    if "version" not in content:
        problems.append(f"{layers.where(())}: 'version' is missing")
    if problems:
        raise ConfigInvalid(problems)
    return ErpMapping(files[0].path, content["version"], sections)


def _chain(path: Path) -> list[YamlFile]:
    files: list[YamlFile] = []
    while True:
        file = YamlFile(path)
        file.load(_file_schema())
        if any(file.path == seen.path for seen in files):
            raise ConfigInvalid([f"{file.where(('extends',))}: this file extends itself"])
        files.append(file)
        if "extends" not in file.data:
            return files
        try:
            path = find(file.data["extends"], file.path.parent)
        except ConfigInvalid as error:
            problem = f"{file.where(('extends',))}: {error}"
            raise ConfigInvalid([problem]) from error


def _incomplete(
    name: str, document: DocumentClass, data: dict[str, Any], layers: Layers
) -> list[str]:
    problems = []
    if "model" not in data:
        problems.append(f"{layers.where((name,))}: {name}: 'from' is missing")
    given = data.get("fields_", {})
    free = COMPUTED | {"document"} | optional(document)
    missing = [n for n in kinds(document) if n not in given and n not in free]
    if missing:
        at = layers.where((name, "fields"))
        problems.append(f"{at}: {name}: no rule for {', '.join(missing)}")
    return problems


def _meaningless(
    name: str, document: DocumentClass, data: dict[str, Any], layers: Layers
) -> Iterator[str]:
    """Yield a sentence for each value of ours that nobody will ever look for."""
    for field, known in allowed(document).items():
        rule = data.get("fields_", {}).get(field, {})
        named = {verb: [rule[verb]] for verb in ("const", "default") if verb in rule}
        named["map"] = list((rule.get("map") or {}).values())
        for verb, values in named.items():
            for value in values:
                if value not in (None, False) and value not in known:
                    at = layers.where((name, "fields", field, verb))
                    yield f"{at}: {field} is never '{value}' here{_instead(str(value), known)}"


def _instead(value: str, known: Sequence[str]) -> str:
    words = ", ".join(word or "'' (empty)" for word in known)
    return did_you_mean(value, list(filter(None, known))) or f"; it is one of: {words}"


def _section(
    name: str, document: DocumentClass, data: dict[str, Any], layers: Layers, zone: str
) -> Section:
    model_of = layers.file((name, "from"))
    rules = {}
    for field, rule in data.get("fields_", {}).items():
        at = (name, "fields", field)
        # On top of another model's file a rule from below is most likely forgotten.
        below = layers.file(at) if model_of.parent != SHIPPED else model_of
        inherited = below.stem if below != model_of and below.parent == SHIPPED else ""
        rules[field] = _rule(rule, layers.where(at), zone, inherited)
    for field in optional(document) - rules.keys():
        rules[field] = Rule(layers.where((name,)), const=None)
    return Section(
        name=name,
        at=layers.where((name,)),
        model=data.get("model", ""),
        document=document,
        where=tuple(data.get("where", ())),
        watch=tuple(data.get("watch", ("write_date",))),
        fingerprint=tuple(data.get("fingerprint", ())),
        live=_condition(data.get("live", {})),
        rules=rules,
        places={
            key: layers.where((name, key))
            for key in ("from", "where", "watch", "live", "fingerprint")
        },
        is_shipped=model_of.parent == SHIPPED,
    )


def _rule(data: dict[str, Any], at: str, shop_zone: str, inherited: str) -> Rule:
    paths = tuple(data["first"]) if "first" in data else (data["path"],) if "path" in data else ()
    return Rule(
        at=at,
        paths=paths,
        const=data.get("const", MISSING),
        map=data.get("map"),
        negate_when=_condition(data["negate_when"]) if "negate_when" in data else None,
        default=data.get("default", MISSING),
        format=data.get("format", ""),
        zone=data.get("zone", ""),
        shop_zone=shop_zone,
        inherited=inherited,
        is_choice="first" in data,
    )


def _condition(data: dict[str, Any]) -> Condition:
    return Condition({path: tuple(v) if isinstance(v, list) else (v,) for path, v in data.items()})
