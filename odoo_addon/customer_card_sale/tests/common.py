"""A small shop: two articles, a battery discount, customers with and without a card."""

from itertools import count

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class CardSaleMixin:
    numbers = count(1)

    @classmethod
    def set_up_shop(cls):
        cls.env["loyalty.program"].search([]).active = False
        # Most tests sell and do not invoice; what is given for money has tests of its own.
        cls.env.company.card_value_given = "confirmed"
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
        programs = cls.env["loyalty.program"].with_context(active_test=False)
        again = programs.search_count([("name", "=like", "Rabattkarte%"), ("kind", "!=", False)])
        return cls.env["loyalty.program"].create(
            {
                "name": f"Rabattkarte {again + 1}" if again else "Rabattkarte",
                "kind": "discount",
                "insert_action": "quotation",
                "line_ids": [
                    Command.create({"discount_id": discount.id}) for discount in discounts
                ],
                **values,
            }
        )

    @classmethod
    def _sold_program(cls, kind, price=0.0, **values):
        """A program and the article it is sold as, both with one name."""
        name = values.pop("name", f"Programm {next(cls.numbers)}")
        article = cls._product(name, price, type="service", is_card_program=True)
        return cls.env["loyalty.program"].create(
            {"name": name, "kind": kind, "sale_product_id": article.id, **values}
        )

    @classmethod
    def _credit(cls, partner, amount, program=None, **holder):
        """Give *partner* credit of *amount* and return the enrolment."""
        program = program or cls._sold_program("stored_value")
        return program._enrol(
            partner=partner, amount=amount, paid=amount, key=f"test:{next(cls.numbers)}", **holder
        )

    @classmethod
    def _give(cls, percent, products=None, partner=None):
        """Let *partner*, Erika Meier unless told otherwise, have a discount; return its program."""
        discount = cls._discount(percent, products, **({} if products else {"applies_to": "all"}))
        program = cls._program(discount)
        program._enrol(partner=partner or cls.meier)
        return program

    @classmethod
    def _tax(cls, percent, **values):
        name = f"{percent:g} % inkl." if values else f"{percent:g} %"
        return cls.env["account.tax"].create(
            {"name": name, "amount": percent, "type_tax_use": "sale", **values}
        )

    @classmethod
    def _present(cls, card, user=None):
        """The card was inserted at the till of *user*, whose screen took it."""
        till = cls.env["customer.till"].create({"name": f"Theke {next(cls.numbers)}"})
        now = fields.Datetime.now()
        return cls.env["customer.card.event"].create(
            {
                "key": f"test-{next(cls.numbers)}",
                "till_id": till.id,
                "customer_card_id": card.id,
                "origin": "insert",
                "state": "done",
                "presented_at": now,
                "claimed_at": now,
                "claimed_by_id": (user or cls.seller).id,
            }
        )

    @classmethod
    def _card(cls, partner, *programs):
        card = cls.env["customer.card"].create({"partner_id": partner.id})
        for program in programs:
            program._enrol(partner=partner, customer_card=card)
        return card

    def _quote(self, partner, *products, **values):
        if card_id := values.get("customer_card_id"):
            self._present(self.env["customer.card"].browse(card_id))
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

    def tearDown(self):
        self.assertLedger()
        super().tearDown()

    def assertLedger(self):  # noqa: N802  (named as unittest names its own)
        """Every law of the ledger holds now."""
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _sell(self, partner, program, quantity=1, confirm=True, **line):
        """A quotation over *quantity* of the program's article, confirmed unless told otherwise."""
        order = self._quote(partner)
        order.order_line = [
            Command.create(
                {"product_id": program.sale_product_id.id, "product_uom_qty": quantity, **line}
            )
        ]
        if confirm:
            order.action_confirm()
        return order

    def _live(self, program):
        """The enrolments of *program* that can be used, oldest first."""
        today = self._today()
        return (
            program.coupon_ids.filtered(lambda card: card.is_enrolment and card._is_live(today))
            .sudo()
            .sorted("id")
        )
