"""A small shop: two articles, a battery discount, customers with and without a card."""

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class CardSaleMixin:
    @classmethod
    def set_up_shop(cls):
        cls.env["loyalty.program"].search([]).active = False
        cls.battery = cls._product("Testbatterie 10", 10.0)
        cls.cloth = cls._product("Testtuch", 10.0)
        cls.meier, cls.schulz, cls.berg = cls.env["res.partner"].create(
            [{"name": "Erika Meier"}, {"name": "Hans Schulz"}, {"name": "Karl Berg"}]
        )
        cls.seller = new_test_user(
            cls.env,
            login="card_seller",
            name="Sabine Seller",
            password="card_seller",
            groups="sales_team.group_sale_salesman",
        )

    @classmethod
    def _product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {"name": name, "list_price": price, "taxes_id": False, "type": "consu", **values}
        )

    @classmethod
    def _discount(cls, percent, products=None, **values):
        if products:
            values.update(applies_to="product", product_ids=[Command.set(products.ids)])
        name = f"{percent:g} % Rabatt"
        return cls.env["loyalty.discount"].create({"name": name, "percent": percent, **values})

    @classmethod
    def _program(cls, *discounts, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": "Rabattkarte",
                "kind": "discount",
                "insert_action": "quotation",
                "line_ids": [
                    Command.create({"discount_id": discount.id}) for discount in discounts
                ],
                **values,
            }
        )

    @classmethod
    def _card(cls, partner, *programs):
        card = cls.env["customer.card"].create({"partner_id": partner.id})
        for program in programs:
            program._enrol(partner=partner, customer_card=card)
        return card

    def _quote(self, partner, *products, **values):
        orders = self.env["sale.order"].with_user(self.seller)
        return orders.create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id}) for product in products],
                **values,
            }
        )

    def _today(self):
        return self.env["loyalty.card"]._today(self.env.company)


class CardSaleCase(CardSaleMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
