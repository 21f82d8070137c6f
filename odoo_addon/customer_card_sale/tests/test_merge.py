from odoo.tests import tagged

from .common import CardSaleCase


@tagged("post_install", "-at_install")
class TestMerge(CardSaleCase):
    """Two customers become one while a quotation is about to spend the credit of one of them."""

    def test_an_open_quotation_goes_on_with_the_account_that_remains(self):
        """Law 6: 30 of 80 reserved on the first account are spent from the joined 100."""
        program = self._sold_program("stored_value")
        old = self._credit(self.meier, 80, program)
        kept = self._credit(self.schulz, 20, program)
        order = self._quote(self.meier, self._product("Ware 30", 30.0))
        order.action_redeem_credit()
        self.assertEqual((old.held, kept.held), (30, 0))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.meier | self.schulz).ids, self.schulz)
        self.env.invalidate_all()
        self.assertEqual((old.held, kept.held, kept.points), (0, 30, 100))
        self.assertEqual(order.partner_id, self.schulz)
        order.action_confirm()
        self.assertEqual((kept.points, kept.held, old.points), (70, 0, 0))
        order._action_cancel()
        self.assertEqual((kept.points, old.points), (100, 0))
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])
