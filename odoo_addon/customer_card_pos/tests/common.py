"""Programs, articles and customers of the demo shop, for tests at the point of sale."""

from unittest.mock import patch
from uuid import uuid4

from odoo.addons.customer_card.rules import presented
from odoo.addons.customer_card.tests.common import PatientBrowser
from odoo.addons.point_of_sale.tests.test_frontend import TestPointOfSaleHttpCommon
from odoo.fields import Command


class CardShop:
    """Mixin: ``cls.set_up_shop()`` builds the records; programs are archived before."""

    @classmethod
    def set_up_shop(cls):
        env = cls.env
        env.user.group_ids |= env.ref("customer_card.group_manager")
        env["loyalty.program"].search([]).active = False
        cls.hans, cls.anna = env["res.partner"].create(
            [{"name": "Hans Schulz"}, {"name": "Anna Fremd"}]
        )
        cls.accessories, cls.care, cls.other = env["product.category"].create(
            [{"name": "Zubehör"}, {"name": "Pflege"}, {"name": "Dienste"}]
        )
        cls.battery_10 = cls.new_product("Batterie 10", 10)
        cls.battery_312 = cls.new_product("Batterie 312", 10)
        cls.case = cls.new_product("Etui", 10)
        cls.cleaning = cls.new_product("Reinigungsset", 20, cls.accessories)
        cls.drying = cls.new_product("Trockenbox", 20, cls.care)
        cls.report = cls.new_product("Gutachten", 20, cls.other)
        cls.battery_discount = env["loyalty.discount"].create(
            {
                "name": "10 % auf Batterien",
                "percent": 10,
                "applies_to": "product",
                "product_ids": [Command.set([cls.battery_10.id, cls.battery_312.id])],
            }
        )
        cls.category_discount = env["loyalty.discount"].create(
            {
                "name": "10 % auf Zubehör und Pflege",
                "percent": 10,
                "applies_to": "category",
                "category_ids": [Command.set([cls.accessories.id, cls.care.id])],
            }
        )

    @classmethod
    def new_product(cls, name, price, category=None):
        values = {
            "name": name,
            "list_price": price,
            "taxes_id": False,
            "available_in_pos": True,
            "type": "consu",
        }
        if category:
            values["categ_id"] = category.id
        return cls.env["product.product"].create(values)

    @classmethod
    def new_discount_program(cls, discounts, name="Batterierabatt", **values):
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "kind": "discount",
                "insert_action": "pos",
                "line_ids": [Command.create({"discount_id": one.id}) for one in discounts],
                **values,
            }
        )

    @classmethod
    def new_card(cls, number="90001"):
        """Return the card of Hans Schulz, without programs of its own."""
        card_type = cls.env["customer.card.type"].create({"name": "Kundenkarte"})
        return cls.env["customer.card"].create(
            {"number": number, "card_type_id": card_type.id, "partner_id": cls.hans.id}
        )

    # --- sold programs ----------------------------------------------------------------

    @classmethod
    def new_sold_program(cls, kind, name, price=0, **values):
        """Return a program and set the article it is sold as, which costs *price*."""
        article = cls.new_product(name, price)
        article.write({"type": "service", "is_card_program": True})
        return cls.env["loyalty.program"].create(
            {"name": name, "kind": kind, "sale_product_id": article.id, **values}
        )

    @classmethod
    def new_battery_program(cls, name="72 Batterien", price=90, quantity=72, **values):
        return cls.new_sold_program(
            "bonus_item",
            name,
            price,
            line_ids=[Command.create({"product_id": cls.battery_10.id, "quantity": quantity})],
            **{"insert_action": "decrease", **values},
        )


class PaidOrders(CardShop):
    """Mixin for a TransactionCase: orders as the till sends them when they are paid."""

    @classmethod
    def set_up_shop(cls):
        res = super().set_up_shop()
        cls.cash = cls.env["pos.payment.method"].search(
            [("journal_id.type", "=", "cash"), ("config_ids", "=", False)], limit=1
        ) or cls.env["pos.payment.method"].create(
            {
                "name": "Bar",
                "journal_id": cls.env["account.journal"]
                .create({"name": "Kasse", "code": "KASS", "type": "cash"})
                .id,
            }
        )
        cls.config = cls.env["pos.config"].create(
            {"name": "Theke 1", "payment_method_ids": [Command.set(cls.cash.ids)]}
        )
        cls.config.open_ui()
        cls.orders = cls.env["pos.order"]
        return res

    def tearDown(self):
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])
        super().tearDown()

    @staticmethod
    def sold(product, qty=1, price=None, **values):
        """Return the values of a line as the till sends them; *price* counts for one piece."""
        price = product.lst_price if price is None else price
        total = price * qty
        return {
            "product_id": product.id,
            "qty": qty,
            "price_unit": price,
            "price_subtotal": total,
            "price_subtotal_incl": total,
            **values,
        }

    def redeemed(self, card, amount, points=None):
        """Return the values of a line that takes *amount* off *card*."""
        reward = card.program_id.reward_ids[:1]
        return self.sold(
            reward.discount_line_product_id,
            price=-amount,
            is_reward_line=True,
            reward_id=reward.id,
            coupon_id=card.id,
            points_cost=amount if points is None else points,
            reward_identifier_code="abc",
        )

    def order_values(self, *lines, partner=None, uuid=None, **values):
        total = sum(line["qty"] * line["price_unit"] for line in lines)
        return {
            "uuid": uuid or str(uuid4()),
            "access_token": str(uuid4()),
            "state": "paid",
            "session_id": self.config.current_session_id.id,
            "partner_id": partner.id if partner else False,
            "amount_tax": 0,
            "amount_total": total,
            "amount_paid": total,
            "amount_return": 0,
            "lines": [Command.create({"uuid": str(uuid4()), **line}) for line in lines],
            "payment_ids": [Command.create({"amount": total, "payment_method_id": self.cash.id})]
            if total
            else [],
            **values,
        }

    def pay(self, *lines, partner=None, **values):
        """Let the order of these lines arrive from the till as paid, and return it."""
        sent = self.order_values(*lines, partner=partner, **values)
        self.orders.sync_from_ui([sent])
        return self.orders.search([("uuid", "=", values.get("uuid") or sent["uuid"])])

    def refund(self, line, qty=1, price=None):
        """Return the values of a line that takes *qty* pieces of a paid *line* back.

        The till turns the sign of a refund order's amounts, other than the office (measured).
        """
        price = line.price_unit if price is None else price
        values = self.sold(line.product_id, -qty, price, refunded_orderline_id=line.id)
        return {**values, "price_subtotal": price * qty, "price_subtotal_incl": price * qty}

    def prepare(self, uuid, *spends, partner=None, card=None, sales=()):
        """The till goes to the payment; *spends* are (card, amount) or (card, amount, code)."""
        return self.orders.prepare_card_payment(
            uuid,
            {
                "partner_id": partner.id if partner else False,
                "customer_card_id": card.id if card else False,
                "spends": [
                    {"card_id": one.id, "points": amount, "code": code[0] if code else ""}
                    for one, amount, *code in spends
                ],
                "sales": [
                    {
                        "product_id": line["product_id"],
                        "price_unit": line["price_unit"],
                        "discount": line.get("discount", 0),
                    }
                    for line in sales
                ],
            },
        )

    def enrolments(self, program, partner=None):
        domain = [("program_id", "=", program.id)]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return self.env["loyalty.card"].search(domain, order="id")

    def last_entry(self, card):
        return self.env["loyalty.card.entry"].search([("card_id", "=", card.id)], limit=1)

    def activities(self):
        """Return what managers are told, newest first, as (summary, note)."""
        records = self.env["mail.activity"].search(
            [("res_model", "in", ("pos.session", "loyalty.card"))], order="id desc"
        )
        return [(one.summary, str(one.note)) for one in records]


class CardTours(CardShop, PatientBrowser, TestPointOfSaleHttpCommon):
    """A seller with a German screen, in a real point of sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_shop()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.pos_user.lang = "de_DE"
        cls.till = cls.env["customer.till"].create(
            {"name": "Theke 1", "pos_config_id": cls.main_pos_config.id}
        )

    def setUp(self):
        super().setUp()
        # A browser needs longer to start than a card event lives.
        self.startPatcher(patch.object(presented, "FRESH_S", 7200))
        self.main_pos_config.with_user(self.pos_user).open_ui()

    def run_tour(self, name):
        self.start_pos_tour(f"customer_card_pos_{name}")
        return self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)], limit=1)

    def present(self, card, times=1, action=None):
        """Let the card be presented at the till; the tour's screen claims the event.

        :param action: what it opens, other than the server would decide now
        """
        action = action or self.till._action_of(card)[0]
        return (
            self.env["customer.card.event"]
            .sudo()
            .create(
                [
                    {
                        "key": f"test:{card.id}:{number}",
                        "till_id": self.till.id,
                        "customer_card_id": card.id,
                        "origin": "insert",
                        "status": "pushed",
                        "state": "new",
                        "action": action,
                        "presented_at": self.env.cr.now(),
                    }
                    for number in range(times)
                ]
            )
        )
