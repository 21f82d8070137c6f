from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestPresented(CardCase):
    def _discount_program(self, **values):
        discount = self.env["loyalty.discount"].create(
            {"name": "10 %", "percent": 10, "product_ids": [(6, 0, self.battery.ids)]}
        )
        return self.env["loyalty.program"].create(
            {
                "name": "Discount",
                "kind": "discount",
                "line_ids": [(0, 0, {"discount_id": discount.id})],
                **values,
            }
        )

    def test_card_opens_its_customer(self):
        """AX-01 AP-04 AP-24: no program asks for anything: the customer opens, no booking."""
        program = self._discount_program(insert_action="none")
        enrolment = program._enrol(customer_card=self.card)
        self._screen()
        answer = self._present()
        self.assertEqual((answer["status"], answer["action"]), ("pushed", "customer"))
        claim = self._claim(answer)
        self.assertEqual(claim["partner"], {"id": self.berg.id, "name": "Karl Berg"})
        self.assertEqual(claim["counters"], [])
        self.assertFalse(enrolment.entry_ids)

    def test_decrease_goes_before_quotation(self):
        """AP-25 AP-29: of several programs the counter wins, the others come along as active."""
        self._discount_program(insert_action="quotation")._enrol(customer_card=self.card)
        self._screen()
        self.assertEqual(self._present(key="a")["action"], "quotation")
        self._counter_program()._enrol(customer_card=self.card)
        answer = self._present(key="b")
        self.assertEqual(answer["action"], "issue")
        self.assertEqual(len(self._claim(answer)["enrolments"]), 2)

    def test_pos_action(self):
        """AP-27: the program asks for a point of sale order."""
        self._discount_program(insert_action="pos")._enrol(customer_card=self.card)
        self._screen()
        self.assertEqual(self._present()["action"], "pos")

    def test_a_counter_used_today_still_opens_the_customer(self):
        """AP-37: reader and screen say why nothing is issued; the card opens its customer."""
        enrolment = self._counter_program(once_per_day=True)._enrol(customer_card=self.card)
        self._screen()
        self._issue(self._claim(self._present(key="a")))
        answer = self._present(key="b")
        self.assertEqual((answer["status"], answer["action"]), ("refused", "issue"))
        self.assertIn("already used today", answer["message"])
        claim = self._claim(answer)
        self.assertEqual((claim["refusal"], claim["counters"]), (answer["message"], []))
        self.assertEqual(claim["partner"]["id"], self.berg.id)
        event = self.env["customer.card.event"].browse(answer["event_id"])
        event.with_user(self.seller).done(event.id, "Karl Berg", self.secret)
        self.assertEqual((event.state, event.message), ("refused", answer["message"]))
        self.assertFalse(self._claim(answer), "once")
        self.assertEqual(enrolment.points, 71)

    def test_a_counter_used_today_lets_other_programs_open(self):
        """AP-29 AP-37: the quotation of another program opens, and both are said."""
        self._counter_program(once_per_day=True)._enrol(customer_card=self.card)
        self._discount_program(insert_action="quotation")._enrol(customer_card=self.card)
        self._screen()
        self._issue(self._claim(self._present(key="a")))
        answer = self._present(key="b")
        self.assertEqual((answer["status"], answer["action"]), ("pushed", "quotation"))
        self.assertRegex(answer["message"], "already used today.*the quotation is on the screen")
        self.assertIn("already used today", self._claim(answer)["refusal"])

    def test_an_ended_program_opens_its_customer(self):
        """AP-19: the program is over, the customer is not."""
        self._counter_program()._enrol(customer_card=self.card).blocked = True
        self._screen()
        answer = self._present()
        self.assertEqual((answer["status"], answer["action"]), ("refused", "customer"))
        self.assertEqual(self._claim(answer)["refusal"], answer["message"])

    def test_a_card_in_use_stays_with_its_holder(self):
        """AP-04: the card opens the customer it was made for, nobody can point it elsewhere."""
        other = self.env["res.partner"].create({"name": "Somebody else"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.card.with_user(self.seller).partner_id = other
        self.assertEqual(self.card.partner_id, self.berg)

    def test_signs_of_life_do_not_write_at_every_card(self):
        """The till's row is written twice a minute at most: no card waits for a heartbeat."""
        signs = []
        for second in (0, 5, 29, 31):
            with freeze_time(f"2026-07-01 12:00:{second:02}"):
                self._present(key=f"card {second}")
                signs.append(self.till.bridge_seen_at.second)
        self.assertEqual(signs, [0, 0, 0, 31])

    def test_unknown_card(self):
        answer = self._present(token=self.env["customer.card.medium"]._new_token())
        self.assertEqual(answer["status"], "unknown")
        self.assertIn("Unknown card", answer["message"])

    def test_till_answers_in_its_users_language(self):
        """RPC carries no language, or the server's default: the reader user's counts."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.bridge.lang = "de_DE"
        till = self.env["customer.till"].with_user(self.bridge)
        unknown = {
            "kind": "token",
            "value": self.env["customer.card.medium"]._new_token(),
            "origin": "insert",
        }
        for lang in (None, "en_US"):
            event = {"key": f"insert {lang}", **unknown}
            answer = till.with_context(lang=lang).card_presented([event])[0]
            self.assertIn("Unbekannte Karte", answer["message"])
        self._counter_program(once_per_day=True)._enrol(customer_card=self.card)
        self._screen()
        answer = self._present()
        self.assertIn("Die Ausgabe ist auf dem Bildschirm", answer["message"])
        self._issue(self._claim(answer))
        self.assertIn("wurde heute schon genutzt", self._present(key="insert-2")["message"])
        encodings = self.env["customer.card.encoding"].with_user(self.bridge)
        with self.assertRaisesRegex(UserError, "Es gibt keine Karte mit der Nummer 4711"):
            encodings.reserve("4711")
        self.till.user_id = False
        with self.assertRaisesRegex(AccessError, "Bei keiner Kasse"):
            self._present()

    def test_revoked_chip(self):
        self.card.medium_ids.action_revoke()
        answer = self._present()
        self.assertEqual(answer["status"], "blocked")
        self.assertIn("replaced", answer["message"])

    def test_blocked_card(self):
        self.card.action_block()
        answer = self._present()
        self.assertEqual(answer["status"], "blocked")
        self.assertIn("blocked", answer["message"])

    def test_unpaired_till_books_nothing_and_says_so(self):
        enrolment = self._counter_program(no_article_choice=True)._enrol(customer_card=self.card)
        answer = self._present()
        self.assertEqual(answer["status"], "no_screen")
        self.assertFalse(self._claim(answer))
        self.assertEqual(enrolment.points, 72)

    def test_late_card_is_recorded_only(self):
        """A card from the spool of an offline till opens nothing any more."""
        enrolment = self._counter_program(no_article_choice=True)._enrol(customer_card=self.card)
        self._screen()
        answer = self._present(age_s=11.0)
        self.assertEqual(answer["status"], "stale")
        self.assertFalse(self._claim(answer))
        self.assertEqual(enrolment.points, 72)

    def test_card_found_in_the_reader_needs_a_click(self):
        """A card that lay in the reader when the bridge started opens the dialog, never counts."""
        enrolment = self._counter_program(no_article_choice=True)._enrol(customer_card=self.card)
        self._screen()
        claim = self._claim(self._present(origin="found"))
        self.assertFalse(claim["result"])
        self.assertEqual(enrolment.points, 72)

    def test_no_screen_took_it(self):
        self._counter_program()._enrol(customer_card=self.card)
        self._screen()
        answer = self._present()
        self.env.cr.execute(
            "UPDATE customer_card_event SET presented_at = presented_at - interval '5 seconds'"
            " WHERE id = %s",
            [answer["event_id"]],
        )
        self.env.invalidate_all()
        outcome = self.env["customer.till"].with_user(self.bridge).card_outcomes([answer["key"]])[0]
        self.assertEqual(outcome["state"], "stale")
        self.assertIn("No screen took the card", outcome["message"])

    def test_chip_rfid_and_qr_carry_the_same_token(self):
        """HS-01: the same token on another medium finds the same card."""
        answer = self._present(medium="rfid", token=self.token.lower())
        event = self.env["customer.card.event"].browse(answer["event_id"])
        self.assertEqual(event.customer_card_id, self.card)

    def test_database_holds_no_token(self):
        """AP-03: a stolen dump opens no card: only a keyed hash and the last four characters."""
        medium = self.card.medium_ids
        self.assertNotIn(self.token[3:-4], str(medium.read()))
        self.assertEqual(len(medium.key_hash), 64)

    def test_only_the_tills_own_user_reports_cards(self):
        with self.assertRaises(AccessError):
            self.env["customer.till"].with_user(self.seller).card_presented([])
        self.till.user_id = False
        with self.assertRaises(AccessError):
            self._present()

    def test_bridge_user_reads_no_customers(self):
        with self.assertRaises(AccessError):
            self.env["customer.card"].with_user(self.bridge).search([])
        with self.assertRaises(AccessError):
            self.berg.with_user(self.bridge).read(["name"])

    def test_missing_pepper_is_said(self):
        from unittest.mock import patch

        with (
            patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": ""}),
            self.assertRaises(UserError) as said,
        ):
            self._present()
        self.assertIn("customer_card_pepper", str(said.exception))

    def test_encoding_is_active_only_after_reading_back(self):
        encodings = self.env["customer.card.encoding"].with_user(self.bridge)
        job = self._reader_writes(self.card)
        with self.assertRaises(UserError):
            encodings.confirm(job["encoding_id"], self.token)
        self.assertFalse(self.card.medium_ids.revoked_at)
        encodings.confirm(job["encoding_id"], job["token"])
        self._screen()
        self.assertEqual(self._present(token=job["token"], key="new chip")["status"], "pushed")
        self.assertEqual(self._present(key="old chip")["status"], "blocked")
