from odoo.addons.customer_card.tests.common import CardCase
from odoo.addons.customer_card_portal.controllers.portal import CustomerCardPortal
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPortal(CardCase, HttpCase):
    """A customer sees his own cards and programs at /my/cards, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "card_portal", groups="base.group_portal", password="card_portal"
        )
        cls.erika = cls.user.partner_id
        cls.erika.name = "Erika Meier"
        cls.erika_card = cls.env["customer.card"].create({"partner_id": cls.erika.id})
        cls.erika_card.number = "900012345"
        cls.card.number = "800098765"
        cls.seller.name = "Sabine Verkauf"
        cls.program = cls._counter_program(name="Batteries 72")
        cls.mine = cls.program._enrol(cls.erika)
        cls.others = cls.program._enrol(cls.berg)

    def _page(self, url):
        return self.url_open(url)

    def test_own_cards_with_masked_number_and_what_is_left(self):
        self.mine._issue(self.mine.allowance_ids, self.battery, 1, key="one")
        self.mine.expiration_date = "2099-12-31"
        self.authenticate("card_portal", "card_portal")
        text = self._page("/my/cards").text
        self.assertIn("•••• 2345", text)
        self.assertNotIn("900012345", text)
        self.assertNotIn("8765", text)
        self.assertIn("Batteries 72", text)
        self.assertIn("71 pieces", text)
        self.assertIn("12/31/2099", text)

    def test_last_entries_are_paged_and_name_no_employee(self):
        """26 bookings: twenty on the first page, the older ones on the second."""
        self.mine.allowance_ids.program_line_id.product_id.name = "Battery 10"
        for number in range(25):
            self.mine.with_user(self.seller).sudo()._issue(
                self.mine.allowance_ids,
                self.battery,
                1,
                key=f"issue {number}",
                till_id=self.till.id,
            )
        self.assertEqual(self.mine.entry_ids[0].user_id, self.seller)
        self.authenticate("card_portal", "card_portal")
        self.patch(CustomerCardPortal, "_items_per_page", 20)
        first = self._page(f"/my/cards/program/{self.mine.id}").text
        second = self._page(f"/my/cards/program/{self.mine.id}/page/2").text
        self.assertEqual((first.count("Goods issue"), second.count("Goods issue")), (20, 5))
        self.assertIn("47 pieces", first)
        self.assertIn("Program assigned", second)
        for page in (first, second):
            self.assertNotIn("Sabine", page)
            self.assertNotIn("Counter 1", page)

    def test_another_customers_program_is_not_found(self):
        """Attack: another id, an id that does not exist, a native card and a page behind it."""
        self.authenticate("card_portal", "card_portal")
        native = self.env["loyalty.card"].create(
            {
                "program_id": self.env["loyalty.program"]
                .create({"name": "Native", "program_type": "loyalty"})
                .id,
                "partner_id": self.berg.id,
            }
        )
        self.assertEqual(self._page(f"/my/cards/program/{self.mine.id}").status_code, 200)
        for url in (
            f"/my/cards/program/{self.others.id}",
            f"/my/cards/program/{self.others.id}/page/1",
            f"/my/cards/program/{native.id}",
            "/my/cards/program/999999999",
            f"/my/cards/program/{self.mine.id}x",
        ):
            self.assertEqual(self._page(url).status_code, 404, url)

    def test_stranger_without_login_sees_nothing(self):
        for url in ("/my/cards", f"/my/cards/program/{self.mine.id}"):
            answer = self._page(url)
            self.assertIn("/web/login", answer.url)
            self.assertNotIn("Batteries 72", answer.text)

    def test_portal_user_reads_no_model_directly(self):
        """Attack: the models behind the pages stay closed to portal users."""
        for model in ("customer.card", "loyalty.card.entry", "customer.card.order"):
            self.assertFalse(self.env[model].with_user(self.user).has_access("read"), model)

    def test_home_counts_the_programs(self):
        """The native block on /my/home leaves ours to /my/cards."""
        points = self.env["loyalty.program"].create({"name": "Bonus points", "kind": "points"})
        points._enrol(self.erika)
        self.authenticate("card_portal", "card_portal")
        home = self._page("/my/home").text
        self.assertIn('href="/my/cards"', home)
        self.assertNotIn("Bonus points", home)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["card_program_count"]})
        self.assertEqual(counted["card_program_count"], 2)

    def test_kinds_are_shown_in_their_own_unit(self):
        """Money with its currency, points with their worth, pieces, and the discount's name."""
        programs = self.env["loyalty.program"]
        credit = programs.create({"name": "Credit", "kind": "stored_value"})
        wallet = credit._enrol(self.berg, amount=115, paid=100)
        self.assertEqual(wallet.balance_text.replace("\xa0", " "), "$ 115.00")
        points = programs.create({"name": "Points", "kind": "points", "points_per_unit": 100})
        account = points._enrol(self.berg)
        account._post(250, key="250", reason="earn")
        self.assertEqual(account.balance_text.replace("\xa0", " "), "250 points ($ 2.50)")
        self.assertEqual(self.others.balance_text, "72 pieces")
        flat = self._counter_program(quantity=0, name="Flat")._enrol(self.berg)
        self.assertEqual(flat.balance_text, "flat")
        discount = self.env["loyalty.discount"].create({"name": "10 % on all", "applies_to": "all"})
        tenth = programs.create(
            {"name": "D", "kind": "discount", "line_ids": [(0, 0, {"discount_id": discount.id})]}
        )
        self.assertEqual(tenth._enrol(self.berg).balance_text, "10 % on all")
