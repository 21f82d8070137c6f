from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PointsCase


@tagged("post_install", "-at_install")
class TestCustomerTab(PointsCase):
    """The customer's form, tab "Customer card" (TM-46)."""

    def _form(self, partner):
        return Form(partner, view="base.view_partner_form")

    def _by_number(self, form):
        return {one["number"]: one["state"] for one in form.customer_card_ids._records}

    def _points_row(self, form):
        """Return the row of the account with the 200 points of these tests."""
        rows = form.enrolment_ids._records
        return [one for one in rows if "200 points" in one["balance_text"]]

    def test_the_tab(self):
        """TM-46: the tab lists cards, balances and the latest history."""
        self._settle(40.0)
        view = self.env["res.partner"].with_user(self.seller).get_view(view_type="form")
        (page,) = etree.fromstring(view["arch"]).xpath("//page[@name='customer_card']")
        shown = {field.get("name") for field in page.iter("field")}
        self.assertLessEqual(
            {"enrolment_ids", "balance_text", "card_entry_ids", "customer_card_ids", "number"},
            shown,
        )
        with self._form(self.berg) as form:
            self.assertIn(self.card.number, self._by_number(form))
            self.assertTrue(self._points_row(form))
            self.assertTrue(form.card_entry_ids._records)

    def test_assign(self):
        """TM-46 TM-11: a card is assigned in the tab and collects; no type that is not issued."""
        new = self.env["res.partner"].create({"name": "New"})
        with self._form(new) as form, form.customer_card_ids.new() as line:
            line.card_type_id = self.loyal
        card = new.customer_card_ids
        self.assertEqual(card.card_type_id, self.loyal)
        self.assertTrue(card.number)
        card.enrolment_ids.valid_from = "2020-01-01"
        self._settle(self._line(40.0, customer=new.id))
        self.assertEqual(card.enrolment_ids.points, 200)
        self.loyal.issuable = False
        form = self._form(new)
        with form.customer_card_ids.new() as line:
            line.card_type_id = self.loyal
        with self.assertRaisesRegex(UserError, "No new cards of type Treuekarte"):
            form.save()

    def test_unassign(self):
        """TM-46: a card in use goes to nobody else: it is blocked, and its history stays."""
        self._settle(40.0)
        card = self.card.with_user(self.seller)
        with self.assertRaisesRegex(UserError, "Block it"), self.env.cr.savepoint():
            card.partner_id = self.env["res.partner"].create({"name": "Other"})
        card.action_block()
        self.assertTrue(self.account.blocked)
        with self._form(self.berg) as form:
            self.assertEqual(self._by_number(form)[self.card.number], "blocked")
            self.assertEqual([one["state"] for one in self._points_row(form)], ["blocked"])
            self.assertTrue(form.card_entry_ids._records)
