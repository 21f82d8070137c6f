"""Ties a mapping section to what one ERP says about its fields."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from connector.documents import allowed, counting, kinds
from connector.exceptions import ConfigInvalid
from connector.mapping.closures import CONVERTERS, Getter, getter, holder
from connector.mapping.columns import Column, column
from connector.mapping.days import day_reader
from connector.mapping.model import MISSING, Condition, Rule, Section
from connector.mapping.paths import Describe, FieldInfo, walk
from connector.mapping.plan import Join, Plan

_TYPES = {
    "number": {"integer", "float", "monetary"},
    "date": {"date", "datetime"},
    "birthday": {"date", "datetime"},
    "ref": {"many2one", "many2one_reference", "integer"},
    "text": {"char", "text", "selection", "html"},
}
_TYPES["any"] = set().union(*_TYPES.values(), {"boolean"})
_SUMMED = _TYPES["number"] | {"many2one"}
_LINKS = {"many2one", "one2many", "many2many"}


def bind(section: Section, describe: Describe) -> Plan:
    """Tie *section* to an ERP.

    :param describe: the ERP's ``fields_get`` of a model, None for a model it does not have
    :raises ConfigInvalid: every field that is not there or does not fit, with file and line
    """
    return _Binder(section, describe).plan()


class _Binder:
    def __init__(self, section: Section, describe: Describe) -> None:
        self._section = section
        self._describe = describe
        self._problems: list[str] = []
        self._root = Join(section.model, {"id"})

    def plan(self) -> Plan:
        section = self._section
        if self._describe(section.model) is None:
            raise ConfigInvalid([f"{section.at}: the ERP has no model '{section.model}'"])
        parent, parent_model = self._parent()
        rules = {}
        for name, kind in kinds(section.document).items():
            if name in section.rules and name != "document":
                rules[name] = self._rule(name, kind, section.rules[name])
        self._condition(section.live, section.places.get("live", section.at))
        domain = [term for term in map(self._term, section.where) if term]
        if self._problems:
            raise ConfigInvalid(self._problems)
        plan_rules = {name: bound for name, bound in rules.items() if bound}
        getters = tuple(self._getters(parent, parent_model, plan_rules))
        columns = {} if self._problems else self._columns(getters, plan_rules)
        if self._problems:
            raise ConfigInvalid(self._problems)
        sums = tuple(filter(self._sums, section.fingerprint))
        unwatched = tuple(filter(None, map(self._unwatched, section.watch)))
        counted = self._counted(parent, plan_rules)
        return Plan(
            section,
            parent,
            parent_model,
            domain,
            unwatched,
            sums,
            self._root,
            counted,
            getters,
            columns,
            plan_rules,
            itemgetter(*counted.names()),
        )

    def _parent(self) -> tuple[str | None, str]:
        rule = self._section.rules.get("document")
        if rule is None:
            return None, self._section.model
        name = rule.paths[0] if rule.paths else ""
        info = (self._describe(self._section.model) or {}).get(name, {})
        if len(rule.paths) != 1 or info.get("type") != "many2one":
            links = self._links_of(self._section.model)
            self._problems.append(
                f"{self._at(rule)}: 'document' must be a field of {self._section.model}"
                f" that points to the invoice or order, {_shown(rule)} is none"
                + (f"; there is: {', '.join(links)}" if links else "")
            )
            return None, self._section.model
        self._root.fields.add(name)
        return name, str(info["relation"])

    def _rule(self, name: str, kind: str, rule: Rule) -> tuple[Rule, str] | None:
        if rule.negate_when is not None:
            self._condition(rule.negate_when, rule.at)
            if kind != "number":
                self._problems.append(f"{rule.at}: '{name}' is a {kind}, nothing to negate")
        if not rule.paths:
            return rule, ""
        problems = []
        for path in rule.paths:
            info, problem = self._walk(path)
            if info is None:
                problems.append(problem)
                continue
            fits = _TYPES["any"] if rule.map is not None else _TYPES[kind]
            if rule.format:
                fits = _TYPES["text"]
            if info["type"] not in fits:
                self._problems.append(
                    f"{self._at(rule)}: '{name}' is a {kind}, but {path} is a {info['type']} in the"
                    f" ERP{_instead(kind, path, info['type'], rule)}"
                )
            self._need(path)
            return rule, path
        if rule.is_choice and rule.default is not MISSING:
            return Rule(rule.at, const=rule.default), ""
        self._problems.append(f"{self._at(rule)}: {self._said(name, rule, problems)}")
        return None

    def _said(self, name: str, rule: Rule, problems: Sequence[str]) -> str:
        """Return what is wrong with a rule whose fields are not there, and what to write."""
        said = "; ".join(problems)
        if rule.inherited:
            return (
                f"'{name}' is still {_shown(rule)} as in {rule.inherited}, and {said}: write a rule"
                f" for '{name}' into this file"
            )
        meant = [word for word in allowed(self._section.document).get(name, ()) if word]
        if not meant:
            return said
        return f"{said}. A value that is always the same is written {{const: {meant[0]}}}"

    def _at(self, rule: Rule) -> str:
        """Return where the rule stands, or where the model stands that it was not made for."""
        return self._section.places.get("from", rule.at) if rule.inherited else rule.at

    def _links_of(self, model: str) -> list[str]:
        known = self._describe(model) or {}
        system = {"create_uid", "write_uid"}
        return sorted(n for n, f in known.items() if f["type"] == "many2one" and n not in system)

    def _condition(self, condition: Condition, at: str) -> None:
        for path in condition.values:
            info, problem = self._walk(path)
            if info is None:
                self._problems.append(f"{at}: {problem}")
            elif info["type"] not in _TYPES["any"]:
                self._problems.append(f"{at}: {path} is a {info['type']}: no single value")
            else:
                self._need(path)

    def _term(self, term: tuple[str, str, Any]) -> list[Any] | None:
        path, operator, value = term
        info, problem = self._walk(path.removesuffix("?"), through=_LINKS)
        if info is None and not path.endswith("?"):
            at = self._section.places.get("where", self._section.at)
            self._problems.append(f"{at}: where: {problem}")
        return [path.removesuffix("?"), operator, value] if info else None

    def _unwatched(self, path: str) -> str:
        info, problem = self._walk(path)
        if info is not None and (info["type"] != "datetime" or not info.get("store", True)):
            problem = f"{path} is no time stamp that the ERP keeps"
        at = self._section.places.get("watch", self._section.at)
        return problem and f"{at}: watch: {problem}"

    def _sums(self, path: str) -> bool:
        info = (self._describe(self._section.model) or {}).get(path, {})
        return info.get("type") in _SUMMED and bool(info.get("store", True))

    def _counted(self, parent: str | None, rules: Mapping[str, tuple[Rule, str]]) -> Join:
        """Return the stored fields that points follow from, also of what the row points to."""
        counting_ = [rules[name] for name in counting(self._section.document) if name in rules]
        paths = {path for _, path in counting_ if path} | set(self._section.live.values)
        for rule, _ in counting_:
            paths |= set(rule.negate_when.values if rule.negate_when else ())
        found = Join(self._section.model, {"id", *([parent] if parent else [])})
        for path in sorted(paths):
            if self._is_stored(path):
                self._add(found, path)
        return found

    def _is_stored(self, path: str) -> bool:
        """Return whether SQL alone can change what *path* shows: the field or a link on the way."""
        model = self._section.model
        for name in path.split("."):
            info = (self._describe(model) or {}).get(name, {})
            if not info.get("store", True):
                return False
            model = str(info.get("relation", ""))
        return True

    def _walk(
        self, path: str, through: Collection[str] = ("many2one",)
    ) -> tuple[FieldInfo | None, str]:
        return walk(self._describe, self._section.model, path, through)

    def _need(self, path: str) -> None:
        self._add(self._root, path)

    def _add(self, join: Join, path: str) -> None:
        """Let *join* read what *path* names, and the links on the way."""
        *links, last = path.split(".")
        for link in links:
            relation = (self._describe(join.model) or {})[link]["relation"]
            join.fields.add(link)
            join = join.joins.setdefault(link, Join(str(relation), {"id"}))
        join.fields.add(last)

    def _columns(
        self, getters: Iterable[Getter], rules: Mapping[str, tuple[Rule, str]]
    ) -> dict[str, Column]:
        def each(get: Getter) -> Column:
            return lambda rows: [get(row) for row in rows]

        fields = kinds(self._section.document).items()
        return {
            name: column(*rules[name], kind, get) if name in rules else each(get)
            for (name, kind), get in zip(fields, getters, strict=True)
        }

    def _getters(
        self, parent: str | None, parent_model: str, rules: Mapping[str, tuple[Rule, str]]
    ) -> Iterator[Getter]:
        model, live = self._section.model, holder(self._section.live)
        document = parent or "id"
        for name, kind in kinds(self._section.document).items():
            if name == "key":
                yield lambda row: f"{model}:{row['id']}"
            elif name == "document":
                yield lambda row: f"{parent_model}:{row[document]}"
            elif name == "void":
                yield lambda row: not live(row)
            else:
                rule, path = rules[name]
                try:
                    yield getter(rule, path, CONVERTERS[kind], day_reader(rule, kind))
                except (TypeError, ValueError):
                    self._problems.append(f"{rule.at}: '{name}' needs a {kind}")


def _shown(rule: Rule) -> str:
    return " or ".join(f"'{path}'" for path in rule.paths) or "a const"


def _instead(kind: str, path: str, theirs: str, rule: Rule) -> str:
    """Return what to write where the type of a field does not fit."""
    if kind in {"date", "birthday"} and theirs in {"char", "text"}:
        return f': write {{path: {path}, format: "%d.%m.%Y"}}, as the text is written'
    if rule.format:
        return ": 'format' is for texts, leave it out"
    if kind == "text" and theirs == "many2one":
        return f": write the field of it that you mean, {path}.name perhaps"
    if kind == "text":
        return ": translate its values with 'map'"
    return ""
