import json
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import PointsSaleCase

CARTS = "customer_card_points/tests/redemption_carts.json"
TERMS = {
    "kind": "redeem_type",
    "factor": "redeem_factor",
    "least": "redeem_from",
    "most": "redeem_to",
    "is_window": "redeem_window",
    "service_cheaper": "redeem_service_percent",
    "article_cheaper": "redeem_article_percent",
    "service_direct": "direct_service_percent",
    "article_direct": "direct_article_percent",
    "is_free": "redeem_free",
}
NOTHING = {"redeem_type": "1", **dict.fromkeys(list(TERMS.values())[1:], 0)}


@tagged("post_install", "-at_install")
class TestSameCents(PointsSaleCase):
    """B8: quotations redeem the 60 carts that rules and till redeem, to the cent and the point."""

    def _cart(self, cart, taxes):
        """A quotation over the parts of *cart*, each with a tax of its own."""
        order = self._quote(self.meier)
        order.order_line = [
            Command.create(
                {
                    "product_id": (self.cut if is_service else self.shampoo).id,
                    "price_unit": float(gross),
                    "tax_ids": [Command.set(tax.ids)],
                }
            )
            for (gross, is_service), tax in zip(cart["parts"], taxes, strict=False)
        ]
        return order

    def test_the_carts(self):
        """TM-28 to TM-39: TM-29 TM-30 TM-31 TM-32 TM-36 TM-38 TM-39, by segments TM-37."""
        percents = (19, 7, 7.7, 0, 13)
        taxes = [
            self._tax(number, name=f"{number}", price_include_override="tax_included")
            for number in percents
        ]
        with file_open(CARTS) as file:
            carts = json.load(file)
        self.assertEqual(len(carts), 60)
        for number, cart in enumerate(carts):
            is_gent = bool(number % 2)
            self.meier.gender = "male" if is_gent else "female"
            own = "gent_" if is_gent else ""
            common = ("redeem_window", "redeem_free")
            terms = {
                name if name in common else own + name: value for name, value in NOTHING.items()
            } | {
                TERMS[name] if TERMS.get(name) in common else own + TERMS[name]: value
                for name, value in cart["terms"].items()
                if name in TERMS
            }
            with self.subTest(number=number, cart=cart), self.env.cr.savepoint() as savepoint:
                self.program.write(
                    {
                        "by_segment": True,
                        "points_per_unit": cart["terms"]["points_per_unit"],
                        **terms,
                    }
                )
                self._points(cart["balance"])
                order = self._cart(cart, taxes)
                quote = order._points_quote(self.account)[0]
                if cart["refusal"]:
                    self.assertEqual(quote.refusal, cart["refusal"])
                    self.assertFalse(order.card_points_text)
                else:
                    order._redeem(self.account, cart["wish"] and float(cart["wish"]))
                    by_tax = dict.fromkeys(taxes, Decimal(0))
                    for line in order.order_line.filtered("reward_id"):
                        by_tax[line.tax_ids] -= Decimal(f"{line.price_total:.2f}")
                    amounts = [by_tax[tax] for tax in taxes[: len(cart["parts"])]]
                    self.assertEqual(amounts, [Decimal(one) for one in cart["amounts"]])
                    self.assertEqual(self._redeemed(order)[1], float(cart["points"]))
                    self.assertEqual(self.account.held, float(cart["points"]))
                savepoint.rollback()
