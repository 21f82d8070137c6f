"""A YAML file that remembers where every value stands, so that errors can name line and column."""

import difflib
import gc
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields

from connector.exceptions import ConfigInvalid
from connector.mapping.yamlwords import TOO_DEEP, TOO_MANY, in_plain_words, place_of

Keys = tuple[str | int, ...]
UNKNOWN = "Unknown field."


# Far beyond any real file; a few lines of anchors can stand for more than any memory.
MOST_BYTES, MOST_VALUES, DEEPEST = 4_000_000, 200_000, 20
# Each value follows one of these signs. Counted before YAML's reader makes objects of 500 bytes.
_SIGNS, MOST_SIGNS = "-?:,[{\n", 300_000
# So many problems are said; who has more corrects these first.
SAID, MOST_PROBLEMS = 50, 2000
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
# YAML's numbers without those to the base of 60: 20:00 is a time of the day here, not 1200.
_NUMBERS = {
    f"{_TAG}int": re.compile(r"[-+]?(0b[0-1_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)\Z"),
    f"{_TAG}float": re.compile(
        r"([-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"
    ),
}


class _Loader(_BASE):  # type: ignore[misc]
    """YAML's plain types; dates and times stay text, as they are in RPC."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, _NUMBERS.get(tag, regexp)) for tag, regexp in resolvers if tag != f"{_TAG}timestamp"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@contextmanager
def _no_collection() -> Iterator[None]:
    """Make many objects without looking for garbage among them: that takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class YamlFile:
    """The content of one file and the position of each of its keys and values.

    :raises ConfigInvalid: the file is missing, unreadable, not YAML, too large or has a key twice
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: dict[Keys, yaml.Mark] = {}
        self._values: dict[Keys, yaml.Mark] = {}
        try:
            with path.open("rb") as file:
                text = file.read(MOST_BYTES + 1).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ConfigInvalid([f"{path}: cannot be read: {reason}"]) from error
        self._maker, self._number = _Loader(""), 0
        try:
            if len(text) > MOST_BYTES:
                raise yaml.YAMLError(f"more than {MOST_BYTES // 1_000_000} MB are no settings")
            if sum(map(text.count, _SIGNS)) > MOST_SIGNS:
                raise yaml.YAMLError(f"more than {MOST_VALUES} values are no settings")
            with _no_collection():
                node = yaml.compose(text, Loader=_Loader)
                self.data = self._construct(node, ()) if node is not None else {}
        except yaml.YAMLError as error:
            place = f"{path}:{':'.join(map(str, place_of(error, text)))}"
            raise ConfigInvalid([f"{place}: {in_plain_words(error, text)}"]) from error
        except RecursionError as error:
            raise ConfigInvalid([f"{self._at(None)}: {TOO_DEEP}"]) from error
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
        some = islice(self._problems(error.messages, (), schema), MOST_PROBLEMS)
        found = sorted(some, key=lambda p: p[0])
        said = [say() for _, say in found[:SAID]]
        more = [f"{self.path}: and more, correct these first"] if len(found) > SAID else []
        return ConfigInvalid([*said, *more])

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
        self._number += 1
        if self._number > MOST_VALUES or len(path) > DEEPEST:
            raise yaml.MarkedYAMLError(problem=TOO_MANY, problem_mark=node.start_mark)
        self._values[path] = node.start_mark
        if isinstance(node, yaml.MappingNode):
            result: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = self._maker.construct_object(key_node, deep=True)
                if getattr(key, "__hash__", None) is None:
                    raise yaml.MarkedYAMLError(
                        problem="a list or mapping cannot stand before ':'",
                        problem_mark=key_node.start_mark,
                    )
                if key in result:
                    raise yaml.MarkedYAMLError(
                        problem=f"'{key}' stands here twice", problem_mark=key_node.start_mark
                    )
                self._keys[(*path, key)] = key_node.start_mark
                result[key] = self._construct(value_node, (*path, key))
            return result
        if isinstance(node, yaml.SequenceNode):
            return [self._construct(item, (*path, i)) for i, item in enumerate(node.value)]
        if node.tag == f"{_TAG}str":
            return node.value
        return self._maker.construct_object(node, deep=True)

    def _problems(
        self, messages: Any, path: Keys, schema: Schema | None
    ) -> Iterator[tuple[tuple[int, int], Callable[[], str]]]:
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
    ) -> tuple[tuple[int, int], Callable[[], str]]:
        """Return its place in the file, and what says it: to look for the nearest word is slow."""
        unknown = message == UNKNOWN
        mark = self._mark(path, key=unknown)

        def say() -> str:
            text = f"{'.'.join(map(str, path))}: " if path else ""
            text += f"{message[:1].lower()}{message[1:]}" if path else message
            if unknown:
                text = f"unknown key '{path[-1]}'{one_of(str(path[-1]), _names(schema))}"
            return f"{self._at(mark)}: {text}"

        return (mark.line, mark.column) if mark else (0, 0), say


def one_of(word: str, known: list[str]) -> str:
    """Return the nearest known word as a question, or else all of them."""
    return did_you_mean(word, known) or (f"; there is: {', '.join(known)}" if known else "")


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
