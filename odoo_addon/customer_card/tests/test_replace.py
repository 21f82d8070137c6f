from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestReplace(CardCase):
    """A lost card: blocked and replaced in one action, nothing of the customer's is lost."""

    def setUp(self):
        super().setUp()
        self._screen()
        self.counter = self._counter_program()._enrol(customer_card=self.card)
        programs = self.env["loyalty.program"].create(
            [{"name": "Credit", "kind": "stored_value"}, {"name": "Points", "kind": "points"}]
        )
        self.credit = programs[0]._enrol(customer_card=self.card, amount=30, paid=30)
        self.points = programs[1]._enrol(customer_card=self.card)
        self.points._post(120, key="test:points", reason="grant")

    def _wizard(self, **values):
        wizards = self.env["customer.card.replace"].with_user(self.seller)
        return wizards.with_context(default_card_id=self.card.id).create(values)

    def _kept(self, card):
        return [
            (one.customer_card_id, one.points) for one in (self.counter, self.credit, self.points)
        ]

    def test_a_new_card_takes_everything_over(self):
        """Balance 30.00, counter 72 and 120 points go on; the finder gets "blocked"."""
        action = self._wizard(how="card").action_replace()
        new_card = self.card.replaced_by_id
        self.assertEqual((self.card.state, new_card.partner_id), ("blocked", self.berg))
        self.assertNotEqual(new_card.number, self.card.number)
        self.assertEqual(self._kept(new_card), [(new_card, 72), (new_card, 30), (new_card, 120)])
        self.assertEqual(
            (action["tag"], action["params"]["card_id"]), ("customer_card.encode", new_card.id)
        )
        finder = self._present()
        self.assertEqual(finder["status"], "blocked")
        self.assertIn("reported lost and is blocked", finder["message"])
        self.assertNotIn("Berg", finder["message"])

    def test_the_new_card_works(self):
        self._wizard(how="card").action_replace()
        token = self.env["customer.card.medium"]._new_token()
        self.env["customer.card.medium"]._assign(self.card.replaced_by_id, "token", "chip", token)
        claim = self._claim(self._present(token, key="new"))
        self.assertEqual(self._issue(claim)["remaining"], 71)

    def test_same_number_new_chip(self):
        """The card stays, all its media so far are revoked, QR and chip alike."""
        self.env.company.card_medium_qr = True
        code = self.env["customer.card.medium"]._new_token()
        self.env["customer.card.medium"]._assign(self.card, "token", "qr", code)
        self._wizard(how="medium").action_replace()
        self.assertEqual(self.card.state, "active")
        for key, token in (("chip", self.token), ("qr", code)):
            self.assertEqual(self._present(token, key=key)["status"], "blocked")
        self.assertEqual(
            self._kept(self.card), [(self.card, 72), (self.card, 30), (self.card, 120)]
        )

    def test_other_cards_are_listed_and_go_on(self):
        other = self.env["customer.card"].create({"partner_id": self.berg.id})
        wizard = self._wizard(how="card")
        self.assertEqual(wizard.other_card_ids, other)
        self.assertIn("Batteries", wizard.kept)
        wizard.action_replace()
        self.assertEqual(other.state, "active")

    def test_a_number_in_use_is_refused_and_nothing_changes(self):
        taken = self.env["customer.card"].create({"partner_id": self.berg.id})
        with self.assertRaisesRegex(UserError, "belongs to another customer"):
            self._wizard(how="card", number=taken.number).action_replace()
        self.assertEqual(self.card.state, "active")
        self.assertFalse(self.card.replaced_by_id)

    def test_an_open_writing_of_the_lost_card_is_over(self):
        """What was written unnoticed before the loss opens nothing afterwards."""
        token = self._reader_writes(self.card)["token"]
        self._wizard(how="medium").action_replace()
        self.assertEqual(self._present(token, key="x")["status"], "unknown")

    def test_replaced_once(self):
        self._wizard(how="card").action_replace()
        with self.assertRaisesRegex(UserError, "was replaced by card"):
            self._wizard(how="card").action_replace()
