from odoo.addons.customer_card.tests.common import CardCase
from odoo.fields import Command


class StockCase(CardCase):
    """A till in a branch with 100 batteries on hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.battery.is_storable = True
        cls._receive(cls.battery, 100)

    @classmethod
    def _receive(cls, product, quantity, lot=None, warehouse=None, **values):
        location = (warehouse or cls.shop).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(
            product, location, quantity, lot_id=lot, **values
        )

    @classmethod
    def _lot(cls, product, name, quantity=0, **values):
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id, **values})
        if quantity:
            cls._receive(product, quantity, lot)
        return lot

    @classmethod
    def _issue_card(cls, **holder):
        """A card of a branch or an employee, with its own chip; returns card and token."""
        kind = "employee" if "employee_id" in holder else "branch"
        card_type = cls.env["customer.card.type"].create(
            {"name": f"Issue card {kind}", "holder_type": kind}
        )
        card = cls.env["customer.card"].create({"card_type_id": card_type.id, **holder})
        token = cls.env["customer.card.medium"]._new_token()
        cls.env["customer.card.medium"]._assign(card, "token", "chip", token)
        return card, token

    @classmethod
    def _free_program(cls, name, *products):
        """A flat program: whatever is issued is counted, nothing runs out."""
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "kind": "bonus_item",
                "insert_action": "decrease",
                "line_ids": [Command.create({"product_id": product.id}) for product in products],
            }
        )

    def _work(self):
        """What the worker does: pull the rows, book them."""
        outbox = self.env["customer.card.outbox"]
        rows = outbox.pull(["issue"], worker="test")["rows"]
        answer = outbox.browse(row["id"] for row in rows).book_issues()
        self.env.invalidate_all()
        return answer

    def _insert(self, number=1, token=None):
        self._screen()
        return self._claim(self._present(token, key=f"insert-{number}"))

    def _confirm(self, claim, product, quantity=1, counter=0, **choices):
        """The seller confirms the dialog's counter; returns the answer."""
        return (
            self.env["customer.card.event"]
            .with_user(self.seller)
            .issue(
                claim["event_id"],
                claim["counters"][counter]["allowance_id"],
                product.id,
                quantity,
                f"dialog-{counter}",
                self._own_secret(),
                **choices,
            )
        )
