"""Stock transfers of an ERP without our addon, by methods that every version since 12 has.

Loaded by external id: a call that is repeated, or made twice at once, makes one transfer. The moves
carry external ids of their own, or a second call would add to the quantity.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connector.erp import Erp
from connector.exceptions import ErpRefused

PICKING, MOVE, MOVE_LINE = "stock.picking", "stock.move", "stock.move.line"
QUANT = "stock.quant"
# No real module: what belongs to one is deleted at its update, if its files do not name it.
NAMESPACE = "customer_card_link"
# "skip_sms" and the like: no wizard may come instead of the booking.
QUIETLY = {"skip_sms": True, "skip_backorder": True, "skip_immediate": True}
OVER = ("done", "cancel")
WAITING = ("confirmed", "waiting", "partially_available")


@dataclass(frozen=True, slots=True)
class Goods:
    """One transfer to make, in the ids of the ERP.

    :param key: names it for ever
    :param lot: 0 for none, or for the ERP to choose; see :meth:`Transfers.enter_lots`
    :param booked: enter the quantity as done, whatever there is
    """

    key: str
    kind: int
    product: int
    name: str
    quantity: float
    unit: int
    source: int
    target: int
    partner: int
    lot: int
    note: str
    booked: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as it is.

    :param name: empty of one that was just made
    :param origin: the key it was made with; what Odoo splits off for later carries it too
    """

    id: int
    name: str
    state: str
    origin: str


class Transfers:
    """The transfers of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def of(self, keys: Sequence[str]) -> dict[str, list[Transfer]]:
        """Return what there is for these keys."""
        rows = self._erp.call(
            PICKING,
            "search_read",
            domain=[["origin", "in", list(keys)]],
            fields=["name", "state", "origin"],
            order="id",
        )
        found: dict[str, list[Transfer]] = {}
        for row in rows:
            found.setdefault(row["origin"], []).append(Transfer(**row))
        return found

    def make(self, goods: Sequence[Goods]) -> list[Transfer]:
        """Make these transfers and return them; what is there already stays as it is.

        :raises ErpRefused: with the ERP's reasons
        """
        made: list[Transfer] = []
        shapes: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
        for one in goods:
            # An empty cell would overwrite what another column has set.
            row = self._row(one)
            cells = [str(value) for value in row.values()]
            shapes.setdefault(tuple(row), []).append((one.key, cells))
        for columns, several in shapes.items():
            keys, rows = [key for key, _ in several], [cells for _, cells in several]
            answer = self._erp.call(
                PICKING, "load", fields=list(columns), data=rows, context={"tracking_disable": True}
            )
            errors = [one["message"] for one in answer["messages"] if one["type"] == "error"]
            if errors or not answer["ids"]:
                why = " ".join(dict.fromkeys(errors)) or "The transfer could not be loaded."
                raise ErpRefused("load", why)
            ids = zip(answer["ids"], keys, strict=True)
            made += [Transfer(one, "", "draft", key) for one, key in ids]
        return made

    def reserve(self, ids: Sequence[int]) -> None:
        """Confirm these transfers and have the ERP set aside what there is."""
        self._erp.call(PICKING, "action_confirm", ids)
        waiting = self._erp.call(
            MOVE,
            "search_read",
            domain=[["picking_id", "in", list(ids)], ["state", "in", WAITING]],
            fields=["picking_id"],
        )
        if waiting:
            self._erp.call(PICKING, "action_assign", sorted({m["picking_id"][0] for m in waiting}))

    def ready(self, ids: Sequence[int]) -> dict[int, str]:
        """Return per transfer whether the ERP has the goods: "all", "some" or "none"."""
        rows = self._erp.call(
            MOVE,
            "search_read",
            domain=[["picking_id", "in", list(ids)], ["state", "not in", OVER]],
            fields=["picking_id", "state"],
        )
        states: dict[int, set[str]] = {one: set() for one in ids}
        for row in rows:
            states[row["picking_id"][0]].add(row["state"])
        return {one: _readiness(seen) for one, seen in states.items()}

    def mend(self) -> None:
        """Have the ERP put its stock rows in order, as it does when somebody opens that list.

        Odoo 19 passes over locked rows (``stock.quant._update_available_quantity``): bookings at
        the same moment leave reservations that are nobody's, and goods that cannot be had.
        """
        with contextlib.suppress(ErpRefused):  # older, or without that right: nothing changes
            self._erp.call(QUANT, "action_view_quants")

    def enter_reserved(self, ids: Sequence[int]) -> None:
        """Note what was set aside as done (newer versions do so by themselves)."""
        if "quantity" in self._move_fields:
            return
        reserved = self._reserved_field
        domain = [["picking_id", "in", list(ids)], ["qty_done", "=", 0], [reserved, ">", 0]]
        lines = self._erp.call(MOVE_LINE, "search_read", domain=domain, fields=[reserved])
        self._write_each(MOVE_LINE, "qty_done", {line["id"]: line[reserved] for line in lines})

    def enter_all(self, ids: Sequence[int]) -> None:
        """Note what was asked for as done, whether it is there or not."""
        if not ids:
            return
        domain = [["picking_id", "in", list(ids)], ["state", "not in", OVER]]
        fields = ["product_uom_qty", self._done_field]
        moves = self._erp.call(MOVE, "search_read", domain=domain, fields=fields)
        short = [move for move in moves if move[self._done_field] < move["product_uom_qty"]]
        wanted = {move["id"]: move["product_uom_qty"] for move in short}
        self._write_each(MOVE, self._done_field, wanted)

    def enter_lots(self, lots: Mapping[int, int]) -> None:
        """Note by transfer which lot has gone, where none is noted yet."""
        if not lots:
            return
        domain = [["picking_id", "in", list(lots)], ["lot_id", "=", False]]
        lines = self._erp.call(MOVE_LINE, "search_read", domain=domain, fields=["picking_id"])
        wanted = {line["id"]: lots[line["picking_id"][0]] for line in lines}
        self._write_each(MOVE_LINE, "lot_id", wanted)

    def validate(self, ids: Sequence[int]) -> None:
        """Book these transfers, all or none.

        :raises ErpRefused: with the ERP's reason
        """
        self._erp.call(PICKING, "button_validate", ids, context=QUIETLY)

    def _write_each(self, model: str, field: str, wanted: Mapping[int, float]) -> None:
        for value in sorted(set(wanted.values())):
            ids = [one for one, each in wanted.items() if each == value]
            self._erp.call(model, "write", ids, vals={field: value})

    # --- what differs between versions ----------------------------------------------------

    @cached_property
    def _picking_fields(self) -> Mapping[str, Any]:
        return self._describe(PICKING)

    @cached_property
    def _move_fields(self) -> Mapping[str, Any]:
        return self._describe(MOVE)

    @cached_property
    def _line_fields(self) -> Mapping[str, Any]:
        return self._describe(MOVE_LINE)

    def _describe(self, model: str) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._erp.call(
            model, "fields_get", allfields=[], attributes=["type", "relation"]
        )
        return answer

    @property
    def lot_model(self) -> str:
        """What lots are called."""
        return str(self._line_fields["lot_id"]["relation"])

    @property
    def _moves(self) -> str:
        return "move_ids" if "move_ids" in self._picking_fields else "move_lines"

    @property
    def _done_field(self) -> str:
        return "quantity" if "quantity" in self._move_fields else "quantity_done"

    @property
    def _reserved_field(self) -> str:
        return next(
            one for one in ("reserved_uom_qty", "product_uom_qty") if one in self._line_fields
        )

    def _row(self, one: Goods) -> dict[str, Any]:
        moves = self._moves
        row: dict[str, Any] = {
            "id": f"{NAMESPACE}.{one.key}",
            "picking_type_id/.id": one.kind,
            "location_id/.id": one.source,
            "location_dest_id/.id": one.target,
            "origin": one.key,
            "note": one.note,
            f"{moves}/id": f"{NAMESPACE}.{one.key}_move",
            # Whoever reads the moves there knows them again, and what comes back of them.
            f"{moves}/origin": one.key,
            f"{moves}/product_id/.id": one.product,
            f"{moves}/product_uom/.id": one.unit,
            f"{moves}/product_uom_qty": one.quantity,
            f"{moves}/location_id/.id": one.source,
            f"{moves}/location_dest_id/.id": one.target,
        }
        if one.partner:
            row["partner_id/.id"] = one.partner
        if "name" in self._move_fields:
            row[f"{moves}/name"] = one.name
        if one.booked:
            row[f"{moves}/{self._done_field}"] = one.quantity
            if "picked" in self._move_fields:
                row[f"{moves}/picked"] = "True"
        return row


def _readiness(states: set[str]) -> str:
    if states == {"assigned"}:
        return "all"
    return "some" if states & {"assigned", "partially_available"} else "none"
