from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestDiscounts(CardSaleCase):
    """Several card discounts on one article: the most specific one applies, they do not add up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = cls._discount(10, applies_to="all")
        special = cls._discount(5, cls.battery)
        for discount in (everything, special):
            cls._program(discount)._enrol(partner=cls.meier)

    def test_the_most_specific_discount_wins(self):
        """I29: battery 5 % of its own beats 10 % on everything: 9.50, the cloth 9.00."""
        quote = self._quote(self.meier, self.battery, self.cloth)
        self.assertAlmostEqual(quote.amount_total, 18.5)
        discounts = quote.order_line.filtered("reward_id")
        self.assertEqual(sorted(discounts.mapped("price_total")), [-1.0, -0.5])

    def test_a_discount_that_wins_nothing_leaves_no_line(self):
        """I29: only a battery on the quotation: one discount line, 9.50."""
        quote = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(quote.amount_total, 9.5)
        self.assertEqual(len(quote.order_line.filtered("reward_id")), 1)

    def test_the_loser_takes_over_when_the_winner_ends(self):
        """I29: the special discount is blocked: at the next save 10 % on everything counts."""
        quote = self._quote(self.meier, self.battery)
        special = quote.order_line.reward_id.program_id
        special.sudo().coupon_ids.filtered("is_enrolment").blocked = True
        quote.apply_card_programs()
        self.assertAlmostEqual(quote.amount_total, 9.0)

    def test_discounts_add_up_where_the_shop_wants_it(self):
        """I29: switched on, 5 % and 10 % both lower the battery: 8.55."""
        self.env.company.card_discounts_stack = True
        quote = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(quote.amount_total, 8.55)

    def test_of_two_alike_the_higher_percentage_wins(self):
        """I29: 5 % and 20 % on the same article: 8.00, not 7.60."""
        self._program(self._discount(20, self.battery))._enrol(partner=self.meier)
        self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 8.0)

    def test_a_category_beats_everything_and_loses_to_an_article(self):
        """I29: hearing aids as a category 8 %, all 10 %, the article itself 5 %."""
        care = self.env["product.category"].create({"name": "Pflege"})
        spray = self._product("Spray", 100.0, categ_id=care.id)
        group = self._discount(8, applies_to="category", category_ids=[Command.set(care.ids)])
        self._program(group)._enrol(partner=self.meier)
        self.assertAlmostEqual(self._quote(self.meier, spray).amount_total, 92.0)
        self._program(self._discount(3, spray))._enrol(partner=self.meier)
        self.assertAlmostEqual(self._quote(self.meier, spray).amount_total, 97.0)

    def test_native_promotions_stay_as_they_are(self):
        """I29: a promotion of Odoo's own is no card discount: it adds to the winner."""
        self.env["loyalty.program"].create(
            {
                "name": "Alle 50 %",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"discount": 50})],
            }
        )
        quote = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(quote.amount_total, 9.5)
        for coupon, rewards in quote._get_claimable_rewards().items():
            quote._apply_program_reward(rewards, coupon)
        quote._update_programs_and_rewards()
        self.assertAlmostEqual(quote.amount_total, 4.75)
