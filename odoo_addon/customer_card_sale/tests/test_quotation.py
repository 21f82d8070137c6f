from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestQuotation(CardSaleCase):
    """The life of a card holder's quotation, in the hands of a seller."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._program(cls._discount(10, cls.battery), card_required=True)
        cls.card = cls._card(cls.meier, cls.program)

    def _new_form(self):
        context = {"default_partner_id": self.meier.id, "default_customer_card_id": self.card.id}
        return Form(self.env["sale.order"].with_user(self.seller).with_context(**context))

    def test_inserted_card_opens_an_unsaved_quotation(self):
        """AP-29: customer, card and program are there, and no row before the first article."""
        before = self.env["sale.order"].search_count([])
        form = self._new_form()
        self.assertEqual(form.partner_id, self.meier)
        self.assertEqual(form.customer_card_id, self.card)
        self.assertEqual(form.card_program_ids[:], self.program)
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_the_discount_is_in_the_total_when_the_line_is_saved(self):
        """AP-30: article 10.00, due 9.00; three of them 27.00; nobody pressed *Reward*."""
        form = self._new_form()
        with form.order_line.new() as line:
            line.product_id = self.battery
        self._present(self.card)
        quote = form.save()
        self.assertAlmostEqual(quote.amount_total, 9.0)
        with Form(quote) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        self.assertAlmostEqual(quote.amount_total, 27.0)
        discount = quote.order_line.filtered("reward_id")
        self.assertEqual(discount.name, discount.reward_id.description)

    def test_the_discount_goes_with_its_article(self):
        """AP-30: without the battery there is nothing to discount."""
        quote = self._quote(self.meier, self.battery, self.cloth, customer_card_id=self.card.id)
        self.assertAlmostEqual(quote.amount_total, 19.0)
        battery_line = quote.order_line.filtered(lambda line: line.product_id == self.battery)
        quote.order_line = [Command.delete(battery_line.id)]
        self.assertAlmostEqual(quote.amount_total, 10.0)
        self.assertFalse(quote.order_line.filtered("reward_id"))

    def test_saving_again_changes_nothing(self):
        """AP-30: two overlapping discounts give the same total at every save."""
        other = self._program(self._discount(20, self.battery | self.cloth))
        other._enrol(partner=self.meier)
        quote = self._quote(self.meier, self.battery, self.cloth, customer_card_id=self.card.id)
        total = quote.amount_total
        for _again in range(3):
            quote.apply_card_programs()
            self.assertAlmostEqual(quote.amount_total, total)

    def test_a_card_inserted_after_the_gift_card_still_counts(self):
        """AP-17: paid in full by gift card; the discount takes 1.00 off what the gift card pays."""
        programs = self.env["loyalty.program"]
        gift = programs.create(programs._get_template_values()["gift_card"])
        voucher = self.env["loyalty.card"].create({"program_id": gift.id, "points": 100})
        quote = self._quote(self.meier, self.battery).with_env(self.env)
        for coupon, reward in quote._try_apply_code(voucher.code).items():
            quote._apply_program_reward(reward, coupon)
        self.assertAlmostEqual(quote.amount_total, 0.0)
        quote.customer_card_id = self.card
        paid = quote.order_line.filtered(lambda line: line.coupon_id == voucher)
        self.assertAlmostEqual(paid.price_total, -9.0)
        self.assertAlmostEqual(quote.amount_total, 0.0)

    def test_confirm_and_cancel_work_as_ever(self):
        """AP-30: the confirmed order keeps its discount, cancelling and copying keep working."""
        quote = self._quote(self.meier, self.battery, customer_card_id=self.card.id)
        quote.action_confirm()
        self.assertEqual(quote.state, "sale")
        self.assertAlmostEqual(quote.amount_total, 9.0)
        copy = quote.copy()
        self.assertFalse(copy.customer_card_id)
        quote._action_cancel()
        self.assertEqual(quote.state, "cancel")
        self.assertEqual(self.card.enrolment_ids.program_id, self.program)

    def test_points_are_never_spent_by_themselves(self):
        """AP-30: only discounts come without a click; points are the customer's to spend."""
        redeem = {"reward_type": "discount", "discount_mode": "per_point", "discount": 0.01}
        points = self.env["loyalty.program"].create(
            {"name": "Punkte", "kind": "points", "reward_ids": [Command.create(redeem)]}
        )
        points._enrol(partner=self.meier)._post(500, key="test:points", reason="correction")
        quote = self._quote(self.meier, self.battery, customer_card_id=self.card.id)
        self.assertIn(points.reward_ids, [*quote._get_claimable_rewards().values()])
        self.assertEqual(quote.order_line.reward_id.program_id, self.program)
        self.assertAlmostEqual(quote.amount_total, 9.0)

    def test_an_order_of_a_plain_customer_is_left_to_native_odoo(self):
        """AP-16: no card program, no recompute: native promotions wait for their button."""
        self.env["loyalty.program"].create(
            {
                "name": "Alle 50 %",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"discount": 50})],
            }
        )
        quote = self._quote(self.berg, self.battery)
        self.assertFalse(quote.coupon_point_ids)
        self.assertAlmostEqual(quote.amount_total, 10.0)
