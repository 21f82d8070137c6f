"""What people do in the foreign ERP all day, over RPC and the same in Odoo 14 and 19."""

from typing import Any

from connector.erp import Erp, ErpSettings, connect

PASSWORD = "demo"


class ForeignErp:
    """The administrator of an ERP that knows nothing of customer cards."""

    def __init__(self, url: str, database: str) -> None:
        self.erp: Erp = connect(ErpSettings(url, database, "admin", PASSWORD, "web"))
        self.version = int(self.erp.version().partition(".")[0])

    def call(self, model: str, method: str, ids: Any = None, /, **kwargs: Any) -> Any:
        return self.erp.call(model, method, ids, **kwargs)

    def create(self, model: str, /, **values: Any) -> int:
        return int(self.call(model, "create", vals_list=[values])[0])

    def one(self, model: str, *domain: Any) -> int:
        found = self.call(model, "search", domain=[list(term) for term in domain], limit=1)
        assert found, f"no {model} with {domain}"
        return int(found[0])

    def customer(self, ref: str) -> int:
        return self.one("res.partner", ("ref", "=", ref))

    def product(self, code: str) -> int:
        return self.one("product.product", ("default_code", "=", code))

    def draft(
        self, ref: str, *lines: tuple[str, float], kind: str = "out_invoice", discount: float = 0
    ) -> int:
        """Make an invoice or credit note of these articles and prices, one piece of each.

        :param discount: percent off each line
        """
        shared = {"quantity": 1, "discount": discount, "tax_ids": [[5]]}
        items = [
            {"product_id": self.product(code), "price_unit": price, **shared}
            for code, price in lines
        ]
        return self.create(
            "account.move",
            move_type=kind,
            partner_id=self.customer(ref),
            invoice_line_ids=[[0, 0, item] for item in items],
        )

    def invoice(self, ref: str, *lines: tuple[str, float], **options: Any) -> int:
        move = self.draft(ref, *lines, **options)
        self.call("account.move", "action_post", [move])
        return move

    def lines(self, move: int) -> list[int]:
        domain = [["move_id", "=", move], ["product_id", "!=", False]]
        return list(self.call("account.move.line", "search", domain=domain, order="id"))

    def counter_sale(self, ref: str, code: str, price: float, pieces: int = 1) -> int:
        """Sell some pieces at the till, paid in cash."""
        session = self.one("pos.session", ("state", "=", "opened"))
        product = self.product(code)
        line = {"product_id": product, "name": code, "qty": pieces, "price_unit": price}
        paid = price * pieces
        amounts = {"price_subtotal": paid, "price_subtotal_incl": paid, "tax_ids": [[5]]}
        order = self.create(
            "pos.order",
            session_id=session,
            partner_id=self.customer(ref),
            lines=[[0, 0, {**line, **amounts}]],
            amount_tax=0,
            amount_total=paid,
            amount_paid=0,
            amount_return=0,
        )
        (config,) = self.call("pos.session", "read", [session], fields=["config_id"], load="")
        methods = self.call(
            "pos.config", "read", [config["config_id"]], fields=["payment_method_ids"]
        )[0]["payment_method_ids"]
        context = {"active_id": order, "active_ids": [order]}
        wanted = {
            "amount": paid,
            "payment_method_id": methods[0],
            "config_id": config["config_id"],
        }
        wizard = self.call("pos.make.payment", "create", vals_list=[wanted], context=context)
        self.call("pos.make.payment", "check", wizard, context=context)
        return order

    def deliver(self, ref: str, code: str, pieces: float = 1) -> int:
        """Hand out some pieces by a transfer, invoiced later or never; return the stock move."""
        kind = self.one("stock.picking.type", ("code", "=", "outgoing"))
        field = "default_location_src_id"
        (source,) = self.call("stock.picking.type", "read", [kind], fields=[field], load="")
        ends = {
            "location_id": source[field],
            "location_dest_id": self.one("stock.location", ("usage", "=", "customer")),
        }
        customer = self.customer(ref)
        picking = self.create("stock.picking", picking_type_id=kind, partner_id=customer, **ends)
        product = self.product(code)
        (unit,) = self.call("product.product", "read", [product], fields=["uom_id"], load="")
        older = {"name": code, "product_uom": unit["uom_id"]} if self.version < 17 else {}
        move = self.create(
            "stock.move",
            picking_id=picking,
            product_id=product,
            product_uom_qty=pieces,
            **older,
            **ends,
        )
        self.call("stock.picking", "action_confirm", [picking])
        done = "quantity_done" if self.version < 17 else "quantity"
        self.touch("stock.move", [move], **{done: pieces})
        self.call("stock.picking", "button_validate", [picking])
        return move

    def touch(self, model: str, ids: list[int], **values: Any) -> None:
        self.call(model, "write", ids, vals=values)

    def unlink(self, model: str, ids: list[int]) -> None:
        self.call(model, "unlink", ids)
