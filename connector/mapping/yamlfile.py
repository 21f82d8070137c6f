"""A YAML file that remembers where every value stands, so that errors can name line and column."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields

from connector.exceptions import ConfigInvalid

Keys = tuple[str | int, ...]
UNKNOWN = "Unknown field."


class _Loader(yaml.SafeLoader):
    """YAML's plain types; dates stay text, as they are in RPC."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class YamlFile:
    """The content of one file and the position of each of its keys and values.

    :raises ConfigInvalid: the file is missing, unreadable, not YAML or has a key twice
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: dict[Keys, yaml.Mark] = {}
        self._values: dict[Keys, yaml.Mark] = {}
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ConfigInvalid([f"{path}: cannot be read: {reason}"]) from error
        try:
            node = yaml.compose(text, Loader=_Loader)
            self.data = self._construct(node, ()) if node is not None else {}
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise ConfigInvalid([f"{self._at(mark)}: {error.problem}"]) from error
        if not isinstance(self.data, dict):
            raise ConfigInvalid([f"{path}:1:1: expected 'key: value' lines"])

    def load(self, schema: Schema) -> Any:
        """Return what *schema* makes of the file.

        :raises ConfigInvalid: every problem at once, each with its position
        """
        try:
            return schema.load(self.data)
        except ValidationError as error:
            raise self.invalid(error, schema) from error

    def invalid(self, error: ValidationError, schema: Schema | None = None) -> ConfigInvalid:
        """Return *error* as sentences with file, line and column, in the file's order."""
        found = sorted(self._problems(error.messages, (), schema), key=lambda p: p[0])
        return ConfigInvalid([text for _, text in found])

    def where(self, path: Keys, *, key: bool = False) -> str:
        """Return file:line:column of the value (or its key) at *path*, or of its next parent."""
        return self._at(self._mark(path, key))

    def _mark(self, path: Keys, key: bool) -> yaml.Mark | None:
        marks = self._keys if key else self._values
        while path and path not in marks:
            path, marks = path[:-1], self._keys
        return marks.get(path)

    def _at(self, mark: yaml.Mark | None) -> str:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return f"{self.path}:{line}:{column}"

    def _construct(self, node: yaml.Node, path: Keys) -> Any:
        self._values[path] = node.start_mark
        if isinstance(node, yaml.MappingNode):
            result: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = _Loader("").construct_object(key_node, deep=True)
                if key in result:
                    raise yaml.MarkedYAMLError(
                        problem=f"'{key}' stands here twice", problem_mark=key_node.start_mark
                    )
                self._keys[(*path, key)] = key_node.start_mark
                result[key] = self._construct(value_node, (*path, key))
            return result
        if isinstance(node, yaml.SequenceNode):
            return [self._construct(item, (*path, i)) for i, item in enumerate(node.value)]
        return _Loader("").construct_object(node, deep=True)

    def _problems(
        self, messages: Any, path: Keys, schema: Schema | None
    ) -> Iterator[tuple[tuple[int, int], str]]:
        if not isinstance(messages, Mapping):
            for message in messages if isinstance(messages, list) else [messages]:
                yield self._problem(str(message), path, schema)
            return
        for key, below in messages.items():
            here = path if key == "_schema" else (*path, key)
            inner = schema
            if isinstance(below, Mapping) and schema is not None:
                inner = _nested(schema, key)
            yield from self._problems(below, here, inner)

    def _problem(
        self, message: str, path: Keys, schema: Schema | None
    ) -> tuple[tuple[int, int], str]:
        unknown = message == UNKNOWN
        mark = self._mark(path, key=unknown)
        if unknown:
            message = f"unknown key '{path[-1]}'{did_you_mean(str(path[-1]), _names(schema))}"
        elif path:
            message = f"{'.'.join(map(str, path))}: {message[:1].lower()}{message[1:]}"
        order = (mark.line, mark.column) if mark else (0, 0)
        return order, f"{self._at(mark)}: {message}"


def did_you_mean(word: str, known: list[str]) -> str:
    """Return ", did you mean 'x'?" for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, known, n=1)
    return f", did you mean '{near[0]}'?" if near else ""


def _names(schema: Schema | None) -> list[str]:
    return sorted(field.data_key or name for name, field in schema.fields.items()) if schema else []


def _nested(schema: Schema, key: str | int) -> Schema | None:
    if isinstance(key, int):  # an item of a list has the keys of its siblings
        return schema
    for name, field in schema.fields.items():
        if (field.data_key or name) == key and isinstance(field, fields.Nested):
            return field.schema
    return None
