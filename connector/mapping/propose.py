"""Proposes a section of a mapping for a home-made model of receipts, with "?" where it guessed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.documents import InvoiceLine, kinds
from connector.exceptions import ConfigInvalid
from connector.mapping.paths import Describe, FieldInfo

_NUMBERS = ("float", "monetary", "integer")
_LINKS = {
    "customer": ("res.partner",),
    "product": ("product.product", "product.template"),
    "unit": ("uom.uom",),
    "currency": ("res.currency",),
    "shop": ("res.company",),
}
# By what a field's name may be known, the surest first; types that it may have.
_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "number": (("number", "nummer", "beleg", "name", "ref", "nr"), ("char",)),
    "date": (("date", "datum", "day", "tag", "zeit", "time"), ("date", "datetime", "char")),
    "quantity": (("quantity", "qty", "menge", "anzahl", "pieces", "stueck", "stk"), _NUMBERS),
    "price": (("price_unit", "unit_price", "einzelpreis", "preis", "price"), _NUMBERS),
    "discount": (("discount", "rabatt"), _NUMBERS),
    "net": (("subtotal", "netto", "net", "untaxed"), _NUMBERS),
    "gross": (("gross", "brutto", "total", "betrag", "amount", "summe"), _NUMBERS),
}
_WITHOUT = {"number": '{const: ""}', "date": "create_date"}
_SYSTEM = {"id", "create_uid", "write_uid", "create_date", "write_date", "display_name"}
_STATES = ("state", "status", "zustand", "stand")
_COUNTS = (
    "paid",
    "done",
    "posted",
    "billed",
    "closed",
    "invoiced",
    "bezahlt",
    "erledigt",
    "gebucht",
)
_COUNTS_NOT = ("draft", "cancel", "void", "entwurf", "storno", "open", "offen", "new", "neu")
_BACK = ("refund", "return", "credit", "gutschrift", "retoure", "rueck", "storno")


def propose(model: str, describe: Describe, version: int) -> str:
    """Return a mapping file that reads *model*, or the lines of it, as ``invoice_line``.

    :raises ConfigInvalid: the ERP has no such model
    """
    if describe(model) is None:
        raise ConfigInvalid([f"the ERP has no model '{model}'"])
    return "\n".join(_Proposal(model, describe).lines(version)) + "\n"


class _Proposal:
    def __init__(self, model: str, describe: Describe) -> None:
        self._describe = describe
        self._line, self._parent, self._header = self._lines_of(model)
        self._taken: set[str] = set()

    def lines(self, version: int) -> Iterator[str]:
        shipped = version if version in (12, 14, 16, 17, 18, 19) else 14 if version < 16 else 19
        yield f"# Proposed from the fields of {self._line}. Look at every line with a '?'."
        yield from (f"extends: odoo-{shipped}", f"version: {version}", "", "invoice_line:")
        yield from (f"  from: {self._line}", "  where: []")
        parents = [f"{self._parent}.write_date"] if self._parent else []
        yield f"  watch: [{', '.join(['write_date', *parents])}]"
        rules = dict(self._rules())
        gross, _ = rules["gross"]
        yield f"  fingerprint: [{gross if gross in self._own() else ''}]"
        yield self._live()
        yield "  fields:"
        if self._parent:
            yield f"    document: {self._parent}"
        back = self._back()
        for name, (value, remark) in rules.items():
            signed = name in {"quantity", "net", "gross"} and back and not value.startswith("{")
            rule = f"{{path: {value}, negate_when: {back}}}" if signed else value
            said = remark or ("positive in a refund?" if signed else "")
            yield f"    {name}: {rule}" + (f"   # ? {said}" if said else "")

    def _lines_of(self, model: str) -> tuple[str, str, str]:
        """Return the model of the lines, their link to the receipt, and the receipt's model."""
        for info in self._fields(model).values():
            if info["type"] == "one2many":
                line = str(info["relation"])
                back = self._links(line, (model,))
                if back and self._links(line, _LINKS["product"]):
                    return line, back[0], model
        for name, info in self._fields(model).items():
            header = str(info.get("relation") or "")
            is_link = info["type"] == "many2one" and header not in sum(_LINKS.values(), ())
            if is_link and self._links(header, _LINKS["customer"]):
                return model, name, header
        return model, "", ""

    def _rules(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for name in kinds(InvoiceLine):
            if name in _LINKS:
                yield name, self._link(name)
            elif name in _NAMES:
                yield name, self._named(name)

    def _link(self, name: str) -> tuple[str, str]:
        found = [path for model, path in self._places() for path in self._to(model, path, name)]
        if not found:
            return "{const: null}", "nothing points to it" if name in {
                "customer",
                "product",
            } else ""
        return found[0], f"or {', '.join(found[1:4])}" if len(found) > 1 else ""

    def _to(self, model: str, prefix: str, name: str) -> Iterator[str]:
        for relation in _LINKS[name]:
            for field in self._links(model, (relation,)):
                behind = ".product_variant_id" if relation == "product.template" else ""
                yield f"{prefix}{field}{behind}"

    def _named(self, name: str) -> tuple[str, str]:
        words, types = _NAMES[name]
        found = [
            (words.index(word), place, f"{prefix}{field}", info)
            for place, (model, prefix) in enumerate(self._order(name))
            for field, info in self._fields(model).items()
            if info["type"] in types and f"{prefix}{field}" not in self._taken
            for word in words
            if word in field.lower()
        ]
        if not found:
            missing = "" if name == "discount" else "no such field found"
            return _WITHOUT.get(name, "{const: 0}"), missing
        found.sort(key=lambda one: (one[1], one[0], len(one[2])))
        _, _, path, info = found[0]
        others = list(dict.fromkeys(one[2] for one in found if one[2] != path))[:3]
        if name in {"quantity", "net", "gross"}:
            self._taken.add(path)
        if name == "date" and info["type"] == "char":
            return f'{{path: {path}, format: "%d.%m.%Y"}}', "as the text is written"
        return path, f"or {', '.join(others)}" if others else ""

    def _order(self, name: str) -> Sequence[tuple[str, str]]:
        places = self._places()
        # Amounts are the line's, number and day the receipt's.
        return places[::-1] if name in {"number", "date"} else places[:1]

    def _places(self) -> list[tuple[str, str]]:
        header = [(self._header, f"{self._parent}.")] if self._parent else []
        return [(self._line, ""), *header]

    def _live(self) -> str:
        for model, prefix in self._places()[::-1]:
            for field, info in self._fields(model).items():
                if info["type"] == "selection" and any(one in field.lower() for one in _STATES):
                    values = [str(key) for key, _ in info.get("selection") or ()]
                    known = [one for one in values if any(word in one for word in _COUNTS)]
                    rest = [v for v in values if not any(word in v for word in _COUNTS_NOT)]
                    live = ", ".join(known or rest)
                    return f"  live: {{{prefix}{field}: [{live}]}}   # ? of {', '.join(values)}"
        return "  live: {}   # ? every row counts"

    def _back(self) -> str:
        for model, prefix in self._places()[::-1]:
            for field, info in self._fields(model).items():
                if info["type"] == "selection":
                    values = [str(key) for key, _ in info.get("selection") or ()]
                    back = [one for one in values if any(word in one for word in _BACK)]
                    if back and not any(one in field.lower() for one in _STATES):
                        return f"{{{prefix}{field}: [{', '.join(back)}]}}"
        return ""

    def _own(self) -> set[str]:
        return {n for n, f in self._fields(self._line).items() if f.get("store", True)}

    def _links(self, model: str, relations: Sequence[str]) -> list[str]:
        return [
            name
            for name, info in self._fields(model).items()
            if info["type"] == "many2one" and info.get("relation") in relations
        ]

    def _fields(self, model: str) -> Mapping[str, FieldInfo]:
        known: Mapping[str, Any] = self._describe(model) or {}
        return {name: info for name, info in sorted(known.items()) if name not in _SYSTEM}
