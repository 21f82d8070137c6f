from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.sale_loyalty.models.sale_order import SaleOrder as NativeSaleOrder
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestCardGate(CardSaleCase):
    """Whose quotations get a program's discount, and whose do not."""

    def test_discount_on_one_article(self):
        """AX-04: 10 % on "Batterie 10": 9.00, and the second article stays 10.00."""
        self._card(self.meier, self._program(self._discount(10, self.battery)))
        quote = self._quote(self.meier, self.battery, self.cloth)
        self.assertAlmostEqual(quote.amount_total, 19.0)
        self.assertEqual(quote.order_line.filtered("reward_id").mapped("price_total"), [-1.0])

    def test_discount_on_a_list_of_articles(self):
        """AX-04: the discount names two articles, the third pays in full."""
        third = self._product("Etui", 10.0)
        self._card(self.meier, self._program(self._discount(10, self.battery | self.cloth)))
        quote = self._quote(self.meier, self.battery, self.cloth, third)
        self.assertAlmostEqual(quote.amount_total, 28.0)

    def test_discount_on_article_types(self):
        """AX-05: 10 % on Zubehör: 20.00 becomes 18.00, other 20.00 stays; also for two types."""
        accessories, care = self.env["product.category"].create(
            [{"name": "Zubehör"}, {"name": "Pflege"}]
        )
        case = self._product("Etui", 20.0, categ_id=accessories.id)
        spray = self._product("Spray", 20.0, categ_id=care.id)
        other = self._product("Hörgerät", 20.0)
        discount = self._discount(
            10, applies_to="category", category_ids=[Command.set(accessories.ids)]
        )
        self._card(self.meier, self._program(discount))
        quote = self._quote(self.meier, case, other)
        self.assertAlmostEqual(quote.amount_total, 38.0)
        discount.category_ids |= care
        self.assertAlmostEqual(self._quote(self.meier, case, spray, other).amount_total, 56.0)

    def test_every_discount_line_of_a_program_counts(self):
        """AX-04: a program with two discount lines gives both, each on its own article."""
        program = self._program(self._discount(10, self.battery), self._discount(50, self.cloth))
        self._card(self.meier, program)
        quote = self._quote(self.meier, self.battery, self.cloth)
        self.assertAlmostEqual(quote.amount_total, 14.0)
        self.assertEqual(quote.card_program_ids, program)

    def test_standing_discount_of_one_customer(self):
        """AP-16: the customer always gets 10 % on batteries, everybody else 0 %."""
        self._program(self._discount(10, self.battery))._enrol(partner=self.meier)
        self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 9.0)
        self.assertAlmostEqual(self._quote(self.schulz, self.battery).amount_total, 10.0)

    def test_a_program_that_needs_the_card_waits_for_it(self):
        """AP-17: without the card 10.00; inserted with the open quotation 9.00, without a click."""
        program = self._program(self._discount(10, self.battery), card_required=True)
        card = self._card(self.meier, program)
        quote = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(quote.amount_total, 10.0)
        self._present(card)
        quote.customer_card_id = card
        self.assertAlmostEqual(quote.amount_total, 9.0)

    def test_another_customer_takes_the_card_off(self):
        """AP-17: an order that goes to somebody else loses the card and its discount."""
        card = self._card(
            self.meier, self._program(self._discount(10, self.battery), card_required=True)
        )
        quote = self._quote(self.meier, self.battery, customer_card_id=card.id)
        self.assertAlmostEqual(quote.amount_total, 9.0)
        quote.partner_id = self.schulz
        self.assertFalse(quote.customer_card_id)
        self.assertAlmostEqual(quote.amount_total, 10.0)

    def test_no_discount_on_the_day_after_the_end(self):
        """AP-19: valid on its last day; the day after, the next recompute takes the line away."""
        enrolment = self._program(self._discount(10, self.battery))._enrol(partner=self.meier)
        enrolment.expiration_date = self._today()
        quote = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(quote.amount_total, 9.0)
        enrolment.expiration_date = self._today() - timedelta(days=1)
        quote.order_line.filtered("reward_id").ensure_one()
        quote.apply_card_programs()
        self.assertFalse(quote.order_line.filtered("reward_id"))
        self.assertAlmostEqual(quote.amount_total, 10.0)

    def test_the_day_changes_at_the_shops_midnight(self):
        """AP-19: half an hour after midnight in Berlin it is still yesterday in UTC."""
        with freeze_time("2026-11-21 23:30:00"):
            program = self._program(self._discount(10, self.battery))
            enrolment = program._enrol(partner=self.meier)
            self.assertEqual(str(enrolment.valid_from), "2026-11-22")
            self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 9.0)
            enrolment.expiration_date = "2026-11-22"
        with freeze_time("2026-11-22 23:30:00"):
            self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 10.0)

    def test_blocked_programs_and_blocked_cards_give_nothing(self):
        """AP-16: a blocked program of the customer is closed; so is a blocked card."""
        program = self._program(self._discount(10, self.battery), card_required=True)
        card = self._card(self.meier, program)
        card.action_block()
        self.assertAlmostEqual(
            self._quote(self.meier, self.battery, customer_card_id=card.id).amount_total, 10.0
        )
        card.action_unblock()
        card.enrolment_ids.blocked = True
        self.assertAlmostEqual(
            self._quote(self.meier, self.battery, customer_card_id=card.id).amount_total, 10.0
        )

    def test_native_terms_still_count(self):
        """AP-16: an archived program, or one outside its dates, gives nothing."""
        program = self._program(self._discount(10, self.battery))
        program._enrol(partner=self.meier)
        program.date_from = self._today() + timedelta(days=1)
        self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 10.0)
        program.date_from = False
        program.active = False
        self.assertAlmostEqual(self._quote(self.meier, self.battery).amount_total, 10.0)

    def test_without_this_module_nothing_is_given_away(self):
        """AX-04: the gate fails closed: native Sales alone does not even see the program."""
        program = self._program(self._discount(10, self.battery))
        program._enrol(partner=self.meier)
        self.assertFalse(program.sale_ok)
        quote = self._quote(self.meier, self.cloth)
        program_domain = NativeSaleOrder._get_program_domain(quote)
        self.assertFalse(program.filtered_domain(program_domain))
        card_sale = type(self.env["sale.order"])
        with patch.object(card_sale, "_get_program_domain", NativeSaleOrder._get_program_domain):
            quote = self._quote(self.meier, self.battery)
        self.assertAlmostEqual(quote.amount_total, 10.0)

    def test_the_domains_stay_plain_lists(self):
        """website_sale_loyalty walks both lists and replaces their ``sale_ok`` term."""
        self._program(self._discount(10, self.battery))._enrol(partner=self.meier)
        quote = self._quote(self.meier, self.battery)
        self.assertIsInstance(quote._get_program_domain(), list)
        self.assertIn(("sale_ok", "=", True), quote._get_program_domain())
        self.assertIsInstance(quote._get_trigger_domain(), list)
        rules = self.env["loyalty.rule"].search(quote._get_trigger_domain())
        self.assertEqual(len(rules), 1)
        stranger = self._quote(self.schulz, self.battery)
        self.assertFalse(self.env["loyalty.rule"].search(stranger._get_trigger_domain()))

    def test_strangers_get_no_throw_away_cards(self):
        """AP-16: native programs leave a card row on every draft; ours only where they apply."""
        program = self._program(self._discount(10, self.battery))
        program._enrol(partner=self.meier)
        before = self.env["loyalty.card"].search_count([])
        self._quote(self.schulz, self.battery)
        self.assertEqual(self.env["loyalty.card"].search_count([]), before)

    def test_warranty_is_a_full_discount_on_repairs(self):
        """AP-18: every article of Reparatur costs 0.00, also one created later; others do not."""
        repairs = self.env["product.category"].create({"name": "Reparatur"})
        repair = self._product("Reparatur klein", 89.0, categ_id=repairs.id)
        warranty = self._discount(100, applies_to="category", category_ids=[(6, 0, repairs.ids)])
        self._program(warranty)._enrol(self.meier)
        later = self._product("Reparatur groß", 189.0, categ_id=repairs.id)
        self.assertEqual(self._quote(self.meier, repair).amount_total, 0)
        self.assertEqual(self._quote(self.meier, later, self.cloth).amount_total, 10)

    def test_changing_the_master_discount_changes_later_sales_only(self):
        """AP-54: the line picks an existing discount; confirmed orders stay as sold."""
        discount = self._discount(10, self.battery)
        self._program(discount)._enrol(self.meier)
        sold = self._quote(self.meier, self.battery)
        sold.action_confirm()
        discount.percent = 20
        self.assertEqual(sold.amount_total, 9)
        self.assertEqual(self._quote(self.meier, self.battery).amount_total, 8)
