"""What a mapping file says, once it has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.documents import Customer, DocumentClass, InvoiceLine, Product, StockMove

SECTIONS: dict[str, DocumentClass] = {
    "customer": Customer,
    "product": Product,
    "invoice_line": InvoiceLine,
    "pos_line": InvoiceLine,
    "stock_move": StockMove,
}
COMPUTED = {"key", "void"}
MISSING = object()
# Where a mapping does not say its timezone.
SHOP_ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when each path has one of its values."""

    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """Where one field of ours comes from.

    :param paths: the first that the ERP has is taken
    :param at: file:line:column
    :param format: how a date is written in a text, as in strftime; *zone*: where, if not as usual
    :param inherited: the file that it stands in, where another one on top says another model
    :param shop_zone: where the shop's days begin
    :param is_choice: written with ``first``: the default also counts where the ERP has no such path
    """

    at: str
    paths: tuple[str, ...] = ()
    const: Any = MISSING
    map: Mapping[Any, Any] | None = None
    negate_when: Condition | None = None
    default: Any = MISSING
    format: str = ""
    zone: str = ""
    shop_zone: str = SHOP_ZONE
    inherited: str = ""
    is_choice: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """How one model of the ERP becomes one kind of document.

    :param where: an Odoo domain; a path with ``?`` is left out where the ERP has no such field
    :param watch: time stamps that show a change, for an ERP without outbox
    :param fingerprint: stored numbers of the model that are summed to find what was missed
    :param live: otherwise the document is void
    :param places: key -> file:line:column of its value
    :param is_shipped: its model stands in a shipped file, so its app may be missing
    """

    name: str
    at: str
    model: str
    document: DocumentClass
    where: tuple[tuple[str, str, Any], ...]
    watch: tuple[str, ...]
    fingerprint: tuple[str, ...]
    live: Condition
    rules: Mapping[str, Rule]
    places: Mapping[str, str] = field(default_factory=dict)
    is_shipped: bool = False


@dataclass(frozen=True, slots=True)
class ErpMapping:
    """A whole mapping file with everything it extends."""

    path: Path
    version: int
    sections: Mapping[str, Section]
