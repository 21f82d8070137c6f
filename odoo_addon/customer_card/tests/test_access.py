from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestAccess(CardCase):
    """Law 8: nobody writes points, entries, holds or programs directly."""

    def setUp(self):
        super().setUp()
        self.enrolment = self._counter_program()._enrol(customer_card=self.card)
        self.manager = new_test_user(self.env, "card_manager", groups="customer_card.group_manager")

    def _refused(self, user, model, method, *args):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            getattr(self.env[model].with_user(user), method)(*args)

    def test_seller_writes_nothing_of_the_ledger(self):
        enrolment = self.enrolment.with_user(self.seller)
        for values in ({"points": 1000}, {"held": 0}, {"expiration_date": "2099-01-01"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                enrolment.write(values)
        self._refused(self.seller, "loyalty.card.entry", "create", {"card_id": self.enrolment.id})
        self._refused(self.seller, "loyalty.card.hold", "create", {"card_id": self.enrolment.id})
        self._refused(
            self.seller, "loyalty.card.allowance", "create", {"card_id": self.enrolment.id}
        )
        self._refused(self.seller, "loyalty.program", "create", {"name": "mine", "kind": "points"})
        self._refused(self.seller, "customer.till", "create", {"name": "mine"})

    def test_manager_changes_a_balance_by_correction_only(self):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.enrolment.with_user(self.manager).write({"points": 1000})
        wizard = self.env["loyalty.card.update.balance"].with_user(self.manager)
        program = self.env["loyalty.program"].create({"name": "P", "kind": "points"})
        account = program._enrol(self.berg)
        wizard.create(
            {"card_id": account.id, "new_balance": 10, "description": "counted again"}
        ).action_update_card_point()
        self.assertEqual(account.points, 10)
        self.assertEqual(
            (account.entry_ids.reason, account.entry_ids.note), ("correction", "counted again")
        )

    def test_managers_make_native_gift_cards(self):
        """Law 1: a card that is made with a balance gets its entry, also by hand of a manager."""
        programs = self.env["loyalty.program"]
        native = programs.create(programs._get_template_values()["gift_card"])
        gift = (
            self.env["loyalty.card"]
            .with_user(self.manager)
            .create({"program_id": native.id, "points": 50})
        )
        self.assertEqual((gift.entry_seq, gift.paid, gift.entry_ids.balance), (1, 50, 50))
        program = self.enrolment.program_id.id
        self._refused(
            self.manager, "loyalty.card", "create", {"program_id": program, "is_enrolment": True}
        )

    def test_context_from_outside_does_not_open_the_ledger(self):
        forged = self.enrolment.with_user(self.manager).with_context(ledger=["x", {}])
        with self.assertRaises(AccessError):
            forged.write({"points": 1000})

    def test_worker_calls_are_for_the_worker(self):
        for method, args in (("pull", [["sale"]]), ("book_issues", []), ("settle_sales", [[]])):
            self._refused(self.seller, "customer.card.outbox", method, *args)

    def test_seller_cannot_claim_without_the_group(self):
        outsider = new_test_user(self.env, "outsider", groups="base.group_user")
        self._screen()
        answer = self._present()
        self.env.flush_all()
        claim = (answer["event_id"], "backend", "guess")
        self._refused(outsider, "customer.card.event", "claim", *claim)
        self._refused(outsider, "customer.till", "pair_screen", self.till.id)

    def test_what_managers_press_sellers_cannot(self):
        """A button hidden from sellers is refused over RPC, too."""
        self.enrolment._issue(self.enrolment.allowance_ids, self.battery, 1, key="one")
        for model, record, method in (
            ("loyalty.card", self.enrolment, "action_reverse_last_issue"),
            ("customer.till", self.till, "action_unpair_screens"),
            ("customer.till", self.till, "action_new_key"),
            ("customer.card.medium", self.card.medium_ids, "action_revoke"),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(self.env[model].browse(record.id).with_user(self.seller), method)()
            getattr(self.env[model].browse(record.id).with_user(self.manager), method)()
        self.assertEqual(self.enrolment.points, 72)

    def test_new_key_makes_a_reader_user_that_may_do_one_thing(self):
        till = self.env["customer.till"].with_user(self.manager).create({"name": "Counter 2"})
        keys = self.env["res.users.apikeys"]
        action = till.action_new_key()
        shown = self.env["customer.till.key"].browse(action["res_id"])
        first = action["context"]["shown_key"]
        reader = till.user_id
        self.assertEqual(shown.login, reader.login)
        self.assertEqual(keys._check_credentials(scope="rpc", key=first), reader.id)
        self.assertFalse(reader._is_internal())
        answer = self.env["customer.till"].with_user(reader).heartbeat({"readers": []})
        self.assertEqual(answer["till"], "Counter 2")
        till.action_new_key()
        self.assertFalse(keys._check_credentials(scope="rpc", key=first))
        self.assertEqual(till.user_id, reader)
