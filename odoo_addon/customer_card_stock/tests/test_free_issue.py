from odoo.addons.customer_card.exceptions import CardNotUsable
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import StockCase


@tagged("post_install", "-at_install")
class TestFreeIssue(StockCase):
    """The battery card of a branch and of an employee: counted, not charged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.capsule = cls._product("Dry capsule", 3.0, is_storable=True)
        cls._receive(cls.capsule, 50)
        cls.batteries = cls.env["res.partner"].create({"name": "Battery customer"})
        cls.env.company.card_issue_partner_id = cls.batteries
        cls.program = cls._free_program("Free issues", cls.battery, cls.capsule)
        cls.card_f, cls.token_f = cls._issue_card(warehouse_id=cls.shop.id)
        cls.enrolment_f = cls.program._enrol(customer_card=cls.card_f)
        cls.sabine = cls.env["hr.employee"].create({"name": "Sabine Verkauf"})
        cls.card_e, cls.token_e = cls._issue_card(employee_id=cls.sabine.id)
        cls.enrolment_e = cls.program._enrol(customer_card=cls.card_e)

    def _counter(self, claim, product):
        return next(
            index
            for index, counter in enumerate(claim["counters"])
            if counter["products"][0]["id"] == product.id
        )

    def _give(self, token, product, quantity, number, purpose="customer_gift"):
        claim = self._insert(number, token)
        counter = self._counter(claim, product)
        return self._confirm(claim, product, quantity, counter, purpose=purpose)

    def _report(self, *groups, domain=()):
        rows = self.env["loyalty.card.issue.report"]._read_group(
            [("program_id", "=", self.program.id), *domain], groups, ["quantity:sum"]
        )
        return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in rows}

    def _figures(self, product):
        """AX-10 .. AX-13 with any article: 3 with E's card, 5 with F's; returns the entries."""
        self._give(self.token_e, product, 2, "e1")
        self._give(self.token_e, product, 1, "e2", "own_use")
        self._give(self.token_f, product, 5, "f1")
        answer = self._work()
        self.assertEqual((len(answer["done"]), answer["failed"]), (3, []))
        return (self.enrolment_e | self.enrolment_f).entry_ids.filtered(
            lambda entry: entry.reason == "issue"
        )

    def test_the_entry_carries_branch_or_employee(self):
        """AX-10: one card for branch F, one for employee E; each entry carries its own."""
        self._figures(self.battery)
        of_f = self.enrolment_f.entry_ids[0]
        self.assertEqual((of_f.warehouse_id, of_f.employee_id.ids), (self.shop, []))
        of_e = self.enrolment_e.entry_ids[0]
        self.assertEqual((of_e.employee_id, of_e.warehouse_id.ids), (self.sabine, []))

    def test_nothing_is_charged(self):
        """AX-11: stock 100 → 92, no invoice line, no order line, 0.00 due."""
        invoiced = self.env["account.move.line"].search_count([])
        self._figures(self.battery)
        self.assertEqual(self.battery.qty_available, 92)
        self.assertEqual(self.env["account.move.line"].search_count([]), invoiced)
        self.assertFalse(self.env["sale.order.line"].search([("product_id", "=", self.battery.id)]))
        self.assertEqual(self.batteries.credit, 0.0)

    def test_the_purpose_is_asked_and_kept(self):
        """AX-11: the seller says customer gift or own use; without it nothing is booked."""
        claim = self._insert(1, self.token_f)
        self.assertEqual(
            [value for value, _label in claim["purposes"]], ["customer_gift", "own_use"]
        )
        for purpose in ({}, {"purpose": "sale"}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._confirm(claim, self.battery, 1, self._counter(claim, self.battery), **purpose)
        self.assertEqual(len(self.enrolment_f.entry_ids), 1, "only the grant")
        counter = self._counter(claim, self.battery)
        self._confirm(claim, self.battery, 1, counter, purpose="own_use")
        self.env.invalidate_all()
        self.assertEqual(self.enrolment_f.entry_ids[0].purpose, "own_use")

    def test_the_recipient_of_a_gift(self):
        """EX-02: a customer or a firm; entry, return and report say who; own use: nobody."""
        firm = self.env["res.partner"].create({"name": "Brillen Schmidt", "is_company": True})
        claim = self._insert(1, self.token_f)
        self.assertFalse(claim["recipient_required"])
        found = (
            self.env["customer.card.event"]
            .with_user(self.seller)
            .search_recipients(claim["event_id"], "Brillen", self._own_secret())
        )
        self.assertEqual(found, [{"id": firm.id, "name": "Brillen Schmidt"}])
        counter = self._counter(claim, self.battery)
        gift = {"purpose": "customer_gift", "recipient_id": firm.id}
        self._confirm(claim, self.battery, 2, counter, **gift)
        self.env.invalidate_all()
        issue = self.enrolment_f.entry_ids[0]
        self.assertEqual((issue.recipient_id, issue.partner_id), (firm, self.batteries))
        self.enrolment_f._reverse_issue(issue, quantity=1, key="undo")
        self.assertEqual(self.enrolment_f.entry_ids[0].recipient_id, firm)
        self._give(self.token_f, self.battery, 1, 2)
        claim = self._insert(3, self.token_f)
        own = {"purpose": "own_use", "recipient_id": firm.id}
        self._confirm(claim, self.battery, 1, self._counter(claim, self.battery), **own)
        nobody = self.env["res.partner"]
        self.assertEqual(self._report("recipient_id"), {firm: 1, nobody: 2})

    def test_the_company_wants_the_recipient(self):
        """EX-02: setting on: a gift without one, or for a row that is none, is refused."""
        self.env.company.card_gift_recipient = True
        claim = self._insert(1, self.token_f)
        self.assertTrue(claim["recipient_required"])
        counter = self._counter(claim, self.battery)
        for recipient in (False, 2**30, "x", [self.berg.id]):
            gift = {"purpose": "customer_gift", "recipient_id": recipient}
            with self.assertRaisesRegex(UserError, "gets the gift"), self.env.cr.savepoint():
                self._confirm(claim, self.battery, 1, counter, **gift)
        self._confirm(claim, self.battery, 1, counter, purpose="own_use")
        self.env.invalidate_all()
        self.assertEqual(self.enrolment_f.entry_ids[0].purpose, "own_use")

    def test_an_erased_person_is_no_recipient_any_more(self):
        """EX-02: the erasure takes the recipient off, the gift stays."""
        claim = self._insert(1, self.token_f)
        gift = {"purpose": "customer_gift", "recipient_id": self.berg.id}
        self._confirm(claim, self.battery, 2, self._counter(claim, self.battery), **gift)
        self.env["customer.card.erase"].create(
            {"partner_id": self.berg.id, "note": "Asked for it"}
        ).action_erase()
        self.env.invalidate_all()
        issue = self.enrolment_f.entry_ids[0]
        self.assertEqual((issue.quantity, issue.recipient_id.id), (2, False))

    def test_the_purpose_is_never_skipped_by_a_direct_issue(self):
        """AX-11 AP-35: without article choice the dialog still opens for the purpose."""
        self.program.active = False
        program = self._counter_program(72, no_article_choice=True)
        enrolment = program._enrol(customer_card=self.card_f)
        claim = self._insert(1, self.token_f)
        self.assertFalse(claim["result"])
        self.assertEqual(enrolment.points, 72)

    def test_a_customers_card_asks_for_no_purpose(self):
        """AX-11: the question is for cards of branches and employees only."""
        enrolment = self._counter_program(30)._enrol(customer_card=self.card)
        claim = self._insert()
        self.assertEqual(claim["purposes"], [])
        self._confirm(claim, self.battery, 1)
        self.env.invalidate_all()
        self.assertFalse(enrolment.entry_ids[0].purpose)
        self.assertEqual(enrolment.entry_ids[0].partner_id, self.berg)

    def test_move_and_entry_are_booked_on_the_battery_customer(self):
        """AX-12: the partner of move, transfer and entry is the company's battery customer."""
        entries = self._figures(self.battery)
        moves = entries.stock_move_ids
        self.assertEqual(entries.partner_id, self.batteries)
        self.assertEqual((moves.partner_id, moves.picking_id.partner_id), (self.batteries,) * 2)
        self.assertEqual(set(moves.mapped("state")), {"done"})

    def test_without_a_battery_customer_nothing_is_issued(self):
        """AX-12: the sentence says what to set, and where."""
        self.env.company.card_issue_partner_id = False
        with self.assertRaises(CardNotUsable) as refused, self.env.cr.savepoint():
            self._give(self.token_f, self.battery, 1, 1)
        self.assertIn("Settings > Customer Cards", str(refused.exception))
        self.assertEqual(len(self.enrolment_f.entry_ids), 1)

    def test_who_issued_how_many(self):
        """AX-13: E issued 3, F issued 5, together 8; the report equals the stock moves."""
        entries = self._figures(self.battery)
        self.assertEqual(self._report("holder"), {"Sabine Verkauf": 3, self.shop.name: 5})
        self.assertEqual(sum(self._report("holder").values()), 8)
        self.assertEqual(self._report("employee_id")[self.sabine], 3)
        self.assertEqual(self._report("warehouse_id")[self.shop], 5)
        self.assertEqual(self._report("purpose"), {"customer_gift": 7, "own_use": 1})
        self.assertEqual(sum(entries.stock_move_ids.mapped("quantity")), 8)

    def test_what_came_back_counts_below_zero(self):
        """AX-13: 5 issued, 2 taken back: F=3, as the stock says."""
        self._figures(self.battery)
        issue = self.enrolment_f.entry_ids[0]
        self.enrolment_f._reverse_issue(issue, quantity=2, key="undo")
        self._work()
        self.assertEqual(self._report("holder")[self.shop.name], 3)
        self.assertEqual(self._report("purpose"), {"customer_gift": 5, "own_use": 1})
        self.assertEqual(self.battery.qty_available, 94)

    def test_the_same_with_any_article(self):
        """AX-14: AX-10 .. AX-13 with dry capsules."""
        entries = self._figures(self.capsule)
        self.assertEqual(entries.product_id, self.capsule)
        self.assertEqual((self.capsule.qty_available, self.battery.qty_available), (42, 100))
        self.assertEqual(entries.partner_id, self.batteries)
        self.assertEqual(
            self._report("product_id", "holder"),
            {(self.capsule, "Sabine Verkauf"): 3, (self.capsule, self.shop.name): 5},
        )

    def test_the_report_is_for_managers_of_the_company(self):
        """AX-13: sellers do not compare colleagues; another company's figures stay there."""
        self._figures(self.battery)
        report = self.env["loyalty.card.issue.report"]
        manager = new_test_user(self.env, "issue_manager", groups="customer_card.group_manager")
        self.assertEqual(sum(report.with_user(manager).search([]).mapped("quantity")), 8)
        with self.assertRaisesRegex(UserError, "Issued goods|not allowed"):
            report.with_user(self.seller).search([])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "issue_stranger",
            groups="customer_card.group_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        self.assertFalse(report.with_user(stranger).search([]))

    def test_a_branch_card_without_program_says_so(self):
        """AX-10: no customer opens with a branch's card."""
        _card, token = self._issue_card(warehouse_id=self.shop.id)
        self._screen()
        answer = self._present(token)
        self.assertEqual(answer["status"], "refused")
        self.assertIn(self.shop.name, answer["message"])

    def test_a_branch_card_has_one_holder(self):
        """AX-10: a branch, and no customer beside it."""
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._issue_card(warehouse_id=False)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._issue_card(warehouse_id=self.shop.id, partner_id=self.berg.id)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.card.warehouse_id = self.shop

    def test_without_this_module_a_branch_card_opens_nothing(self):
        """Uninstalling takes the holder away: the card is blocked."""
        option = self.env.ref(
            "customer_card_stock.selection__customer_card_type__holder_type__branch"
        )
        option._process_ondelete()
        self.env.flush_all()
        self.assertEqual((self.card_f.active, self.card_f.state), (False, "blocked"))
        self.assertEqual(self._present(self.token_f)["status"], "blocked")
