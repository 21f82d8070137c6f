"""Programs, articles and customers of the demo shop, for tests at the point of sale."""

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
