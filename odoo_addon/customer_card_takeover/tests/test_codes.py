from odoo.tests import tagged

from .test_takeover import TakeOverCase


@tagged("post_install", "-at_install")
class TestTakenOverCodes(TakeOverCase):
    def test_a_number_that_is_in_use(self):
        """Sibling: the same number twice, of ours and of a native card."""
        line = {"Program": "Voucher", "Voucher no.": "GS-2024-0815", "Balance": "37,50"}
        self._taken_over(self._file(line))
        self.assertEqual(self.env["loyalty.card"]._by_code("gs-2024-0815").points, 37.5)
        again = self._import(self._file({**line, "Balance": "40,00", "Record no.": "7"}))
        again.action_check()
        self.assertEqual(len(again.refusal_ids), 1)
