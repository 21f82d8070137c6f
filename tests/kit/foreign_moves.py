"""The stock room of a foreign ERP over RPC, the same in Odoo 14 and 19: out, and back again."""

from pathlib import Path
from typing import Any

from tests.kit.foreign_erp import ForeignErp

# A field of the shop's own says which deliveries are issues.
SIGN = "x_is_issue"
MAPPING = """\
extends: odoo-{version}
version: {version}
stock_move:
  fields:
    purpose: {{path: x_is_issue, map: {{true: issue}}, default: ""}}
"""


class ForeignMoves(ForeignErp):
    """The administrator of an ERP whose deliveries may be issues.

    :param folder: where the mapping is written
    """

    def __init__(self, url: str, database: str, folder: Path) -> None:
        super().__init__(url, database)
        self.mapping = str(folder / f"own-{self.version}.yaml")
        Path(self.mapping).write_text(MAPPING.format(version=self.version))
        model = self.one("ir.model", ("model", "=", "stock.move"))
        wanted = {"model_id": model, "name": SIGN, "field_description": SIGN, "ttype": "boolean"}
        self.create("ir.model.fields", **wanted)

    def send(self, ref: str, code: str, pieces: float, unit: str = "", **values: Any) -> int:
        """Deliver, and return the stock move; *values*: of the move, as its sign."""
        return self._transfer("outgoing", ref, code, pieces, unit, **values)

    def receive(self, ref: str, code: str, pieces: float, **values: Any) -> int:
        """Take goods from a customer without saying of which delivery."""
        return self._transfer("incoming", ref, code, pieces, "", **values)

    def take_back(self, move: int, pieces: float) -> int:
        """Return goods of a delivery as Odoo's own wizard does.

        :param pieces: in the article's own unit in Odoo 14, in that of the delivery in Odoo 19
        """
        fields = ["picking_id", "product_id", "location_id"]
        (sent,) = self.call("stock.move", "read", [move], fields=fields, load="")
        line = {"product_id": sent["product_id"], "quantity": pieces, "move_id": move}
        wanted: dict[str, Any] = {"product_return_moves": [[0, 0, line]]}
        if self.version < 17:
            wanted["location_id"] = sent["location_id"]
        wizard = self.create("stock.return.picking", picking_id=sent["picking_id"], **wanted)
        make = "create_returns" if self.version < 17 else "action_create_returns"
        picking = self.call("stock.return.picking", make, [wizard])["res_id"]
        back = self.one("stock.move", ("picking_id", "=", picking))
        self._validate(picking, back, pieces)
        return back

    def correct(self, move: int, pieces: float) -> None:
        """Somebody unlocks a transfer that is done and corrects what was moved."""
        (line,) = self.call("stock.move.line", "search", domain=[["move_id", "=", move]])
        self.touch("stock.move.line", [line], **{self._done("qty_done"): pieces})

    def _transfer(
        self, code: str, ref: str, article: str, pieces: float, unit: str, **values: Any
    ) -> int:
        kind = self.one("stock.picking.type", ("code", "=", code))
        out = code == "outgoing"
        field = "default_location_src_id" if out else "default_location_dest_id"
        (read,) = self.call("stock.picking.type", "read", [kind], fields=[field], load="")
        shop, away = read[field], self.one("stock.location", ("usage", "=", "customer"))
        ends = {"location_id": shop if out else away, "location_dest_id": away if out else shop}
        partner = self.customer(ref)
        picking = self.create("stock.picking", picking_type_id=kind, partner_id=partner, **ends)
        product = self.product(article)
        (own,) = self.call("product.product", "read", [product], fields=["uom_id"], load="")
        older = {"name": article} if self.version < 17 else {}
        move = self.create(
            "stock.move",
            picking_id=picking,
            product_id=product,
            product_uom=self.one("uom.uom", ("name", "=", unit)) if unit else own["uom_id"],
            product_uom_qty=pieces,
            **older,
            **ends,
            **values,
        )
        self.call("stock.picking", "action_confirm", [picking])
        self._validate(picking, move, pieces)
        return move

    def _validate(self, picking: int, move: int, pieces: float) -> None:
        self.touch("stock.move", [move], **{self._done("quantity_done"): pieces})
        context = {"skip_backorder": True, "skip_immediate": True, "skip_sms": True}
        self.call("stock.picking", "button_validate", [picking], context=context)

    def _done(self, older: str) -> str:
        return older if self.version < 17 else "quantity"
