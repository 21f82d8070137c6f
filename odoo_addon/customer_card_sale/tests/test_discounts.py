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
        """HS-17, I29: hearing aids as a category 8 %, all 10 %, the article itself 3 %."""
        care = self.env["product.category"].create({"name": "Pflege"})
        spray = self._product("Spray", 100.0, categ_id=care.id)
        group = self._discount(8, applies_to="category", category_ids=[Command.set(care.ids)])
        self._program(group)._enrol(partner=self.meier)
        self.assertAlmostEqual(self._quote(self.meier, spray).amount_total, 92.0)
        self._program(self._discount(3, spray))._enrol(partner=self.meier)
        self.assertAlmostEqual(self._quote(self.meier, spray).amount_total, 97.0)

    def test_a_discount_on_everything_and_one_on_a_group(self):
        """HS-15: 5 % on everything: 20.00 -> 19.00; HS-16: 10 % on the group Brot, only there."""
        bread = self.env["product.category"].create({"name": "Brot"})
        loaf = self._product("Laib", 20.0, categ_id=bread.id)
        cake = self._product("Torte", 20.0)
        self._program(self._discount(5, applies_to="all"))._enrol(partner=self.schulz)
        self.assertAlmostEqual(self._quote(self.schulz, loaf).amount_total, 19.0)
        group = self._discount(10, applies_to="category", category_ids=[Command.set(bread.ids)])
        self._program(group)._enrol(partner=self.berg)
        self.assertAlmostEqual(self._quote(self.berg, loaf, cake).amount_total, 38.0)
        self._program(group)._enrol(partner=self.schulz)
        self.assertAlmostEqual(self._quote(self.schulz, loaf, cake).amount_total, 37.0)

    def test_the_card_in_hand_chooses_the_discount_group(self):
        """HS-18: one person, three cards: 100.00 cost 80, 95 and 70, without a card 100."""
        goods = self.env["product.category"].create({"name": "Umsatzgruppe"})
        basket = self._product("Korb", 100.0, categ_id=goods.id)
        for percent, total in ((20, 80), (5, 95), (30, 70)):
            discount = self._discount(
                percent, applies_to="category", category_ids=[Command.set(goods.ids)]
            )
            card = self._card(self.berg, self._program(discount, card_required=True))
            quote = self._quote(self.berg, basket, customer_card_id=card.id)
            self.assertAlmostEqual(quote.amount_total, total)
        self.assertAlmostEqual(self._quote(self.berg, basket).amount_total, 100.0)

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
