from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestRefund(CardSaleCase):
    """Goods that were paid with credit are returned: the credit returns, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._sold_program("stored_value", name="Guthaben")
        cls.enrolment = cls.program._enrol(partner=cls.meier, amount=115, paid=100, key="t:115")
        cls.goods = cls._product("Ware", 110.0, type="service", invoice_policy="order")

    def _invoiced(self):
        order = self._quote(self.meier, self.goods)
        order.action_redeem_credit()
        order.action_confirm()
        invoice = order.with_env(self.env)._create_invoices(final=True)
        invoice.action_post()
        return order, invoice

    def _credit_note(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        return wizard.new_move_ids

    def _buckets(self):
        return self.enrolment.points, self.enrolment.paid, self.enrolment.bonus

    def test_it_returns_to_the_bucket_it_came_from(self):
        """I3: 110 of 100 paid and 15 bonus spent; credited: 100 and 15 again; in draft: spent."""
        _order, invoice = self._invoiced()
        self.assertEqual(self._buckets(), (5, 0, 5))
        refund = self._credit_note(invoice)
        self.assertEqual(self._buckets(), (5, 0, 5))
        refund.action_post()
        self.assertEqual(self._buckets(), (115, 100, 15))
        refund.button_draft()
        self.assertEqual(self.enrolment.points, 5)
        refund.action_post()
        self.assertEqual(self.enrolment.points, 115)

    def test_half_of_it(self):
        """I3: a credit note over 55 of the 110: 55 return."""
        _order, invoice = self._invoiced()
        refund = self._credit_note(invoice)
        for line in refund.invoice_line_ids:
            line.price_unit /= 2
        refund.action_post()
        self.assertEqual(self.enrolment.points, 60)

    def test_credited_and_then_cancelled(self):
        """I3: credited, then the order is cancelled: the credit returns once."""
        order, invoice = self._invoiced()
        self._credit_note(invoice).action_post()
        order.with_env(self.env).action_cancel()
        self.assertEqual(self._buckets(), (115, 100, 15))
