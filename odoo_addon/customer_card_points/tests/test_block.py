from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PointsCase


@tagged("post_install", "-at_install")
class TestBlock(PointsCase):
    """What a block does to points: they stay, grow, and cannot be spent (I16)."""

    def _block(self, reason="manual"):
        self.card.write({"state": "blocked", "block_reason": reason})

    def test_settling_again_while_blocked(self):
        """TM-27: block, settle the old document again, unblock: the balance is what it was."""
        self._settle(40.0)
        self._block()
        self._settle(40.0)
        self.assertPoints(200)
        self._settle(30.0)
        self.assertPoints(150)
        self.card.action_unblock()
        self._settle(40.0)
        self.assertPoints(200)

    def test_a_put_away_account_keeps_what_it_has(self):
        """TM-27: an archived account keeps the points of its documents."""
        self._settle(40.0)
        self.account.active = False
        self._settle(40.0)
        self.assertPoints(200)

    def test_blocked_points_cannot_be_spent(self):
        """TM-27: manual, bulk and fraud freeze; lost does not; unblocking thaws."""
        for reason, frozen in (("manual", True), ("lost", False), ("fraud", True), ("bulk", True)):
            self._block(reason)
            self.assertEqual(self.account.blocked, frozen, reason)
        self.card.action_unblock()
        self.assertFalse(self.account.blocked)
        self.assertFalse(self.card.block_reason)
        self.card.with_user(self.seller).action_block()
        self.assertEqual((self.card.block_reason, self.account.blocked), ("manual", True))

    def test_a_seller_does_not_say_why(self):
        """Law 8: "lost" would thaw what a manager has frozen."""
        self._block("fraud")
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.card.with_user(self.seller).block_reason = "lost"
        self.assertTrue(self.account.blocked)

    def test_a_block_of_somebody_elses_stays(self):
        """TM-08: an account that a manager has blocked himself is not thawed with the card."""
        self.account.blocked = True
        self._block()
        self.card.action_unblock()
        self.assertTrue(self.account.blocked)

    def test_another_card_of_the_customer_keeps_the_points_usable(self):
        """TM-27: with a second card of the type nothing is frozen until that is blocked, too."""
        second = self._points_card(self.berg)
        self._block()
        self.assertFalse(self.account.blocked)
        second.action_block()
        self.assertTrue(self.account.blocked)

    def test_a_replaced_card_is_lost(self):
        """TM-08: replacing blocks as lost, and the points go on with the new card."""
        self.card._replace_by(False)
        self.assertEqual(self.card.block_reason, "lost")
        self.assertFalse(self.account.blocked)

    def test_forfeited(self):
        """TM-27: 1: an entry of its own, balance 0; unblocking gives nothing back by itself."""
        self.loyal.forfeit_on_block = True
        self._settle(40.0)
        self._block()
        self.assertPoints(0)
        entry = self.account.entry_ids[0]
        self.assertEqual((entry.reason, entry.delta), ("forfeit", -200))
        self.assertLedger()
        self.card.action_unblock()
        self.assertPoints(0)
        self._block()
        self.assertPoints(0)

    def test_a_blocked_card_that_does_not_collect(self):
        """TM-27: the setting stops new receipts only."""
        self.loyal.earn_while_blocked = False
        self._settle(40.0)
        self._block()
        self._settle(40.0)
        self._settle(40.0, document=6)
        self.assertPoints(200)
