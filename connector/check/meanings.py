"""Looks for what fits a mapping's form and means something else: a wrong link, an unseen change."""

from collections.abc import Iterator

from connector.documents import counting, targets
from connector.exceptions import CardSystemError
from connector.mapping.model import SECTIONS, ErpMapping, Rule, Section
from connector.mapping.paths import walk
from connector.mapping.yamlfile import did_you_mean
from connector.rows import Rows


def meaningless(section: Section, rows: Rows) -> Iterator[str]:
    """Yield a sentence for each rule of *section* that can never bring what it is for."""
    yield from _wrong_links(section, rows)
    yield from _unseen(section, rows)


def twice(mapping: ErpMapping) -> Iterator[str]:
    """Yield a sentence for sections that read the same rows: each receipt would count twice."""
    seen: dict[tuple[object, ...], Section] = {}
    for section in mapping.sections.values():
        of = section.document, section.model, str(section.where)
        if (first := seen.setdefault(of, section)) is not section:
            at = section.places.get("from", section.at)
            yield (
                f"{section.name}: {at}: {first.name} reads {section.model} already: everything"
                " would count twice. Leave one of them out ('streams' of the settings), or let"
                " 'where' tell them apart"
            )


def near_model(rows: Rows, model: str) -> str:
    """Return the nearest model of the ERP as a question, or nothing."""
    words = model.replace("_", ".").split(".")
    try:
        found = rows.erp.call(
            "ir.model",
            "search_read",
            domain=["|"] * (len(words) - 1) + [["model", "like", word] for word in words],
            fields=["model"],
            limit=1000,
        )
    except CardSystemError:
        return ""  # only an administrator's user may list them
    return did_you_mean(model, [one["model"] for one in found])


def _wrong_links(section: Section, rows: Rows) -> Iterator[str]:
    for name, to in targets(section.document).items():
        rule = section.rules.get(name)
        wanted = _model_of(to, rows.mapping)
        path = _taken(rule, section, rows)
        if rule is None or path is None or not wanted:
            continue
        info, _ = walk(rows.describe, section.model, path)
        if info is None or info["type"] != "many2one" or info["relation"] == wanted:
            continue
        near = _to(wanted, path, section, rows)
        yield (
            f"{rule.at}: '{name}' has to point to {wanted}, but {path} points to"
            f" {info['relation']}{near}"
        )


def _model_of(to: str, mapping: ErpMapping) -> str:
    if to not in SECTIONS:
        return to
    return mapping.sections[to].model if to in mapping.sections else ""


def _taken(rule: Rule | None, section: Section, rows: Rows) -> str | None:
    """Return the first path of the rule that the ERP has."""
    paths = rule.paths if rule else ()
    return next((one for one in paths if walk(rows.describe, section.model, one)[0]), None)


def _to(wanted: str, path: str, section: Section, rows: Rows) -> str:
    """Return which field does point there: one of the same record, or one behind the link."""
    link, _, _ = path.rpartition(".")
    info, _ = walk(rows.describe, section.model, link) if link else (None, "")
    model = str(info["relation"]) if info else section.model
    beside = [f"{link}.{one}" if link else one for one in _pointing(model, wanted, rows)]
    info, _ = walk(rows.describe, section.model, path)
    behind = [f"{path}.{one}" for one in _pointing(str((info or {})["relation"]), wanted, rows)]
    found = [*beside, *behind][:3]
    return f": write {' or '.join(found)}" if found else ""


def _pointing(model: str, wanted: str, rows: Rows) -> list[str]:
    system = {"create_uid", "write_uid"}
    return sorted(
        name
        for name, info in (rows.describe(model) or {}).items()
        if info["type"] == "many2one" and info.get("relation") == wanted and name not in system
    )


def _unseen(section: Section, rows: Rows) -> Iterator[str]:
    """Say that the document decides, and that nobody looks when it changes."""
    document = section.rules.get("document")
    parent = document.paths[0] if document and document.paths else ""
    stamp = f"{parent}.write_date"
    if not parent or any(one.startswith(f"{parent}.") for one in section.watch):
        return
    if walk(rows.describe, section.model, stamp)[0] is None:
        return
    rules = [section.rules[name] for name in counting(section.document) if name in section.rules]
    paths = [*section.live.values, *(path for rule in rules for path in rule.paths)]
    of_parent = sorted(path for path in paths if path.startswith(f"{parent}."))
    if of_parent:
        watch = ", ".join([*section.watch, stamp])
        yield (
            f"{section.places.get('watch', section.at)}: watch: {of_parent[0]} decides, and a"
            f" change of {parent} alone would not be seen before the night: write watch: [{watch}]"
        )
