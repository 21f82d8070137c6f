from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.customer_card.models.card import customer_card_medium
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CardCase

BLANK = {"kind": "uid", "value": "04A1B2C3D4E5F6", "medium": "rfid"}


@tagged("post_install", "-at_install")
class TestEncoding(CardCase):
    """AS-05: a screen asks for a card, the till's reader writes it, the screen hears of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hans = cls.env["res.partner"].create({"name": "Hans Schulz"})
        cls.empty = cls.env["customer.card"].create({"partner_id": cls.hans.id})
        cls.encodings = cls.env["customer.card.encoding"]

    def setUp(self):
        super().setUp()
        self._screen()
        self._reader()
        self.till.bridge_seen_at = fields.Datetime.now()
        self.said = []
        self.patch(
            self.env.registry["bus.bus"],
            "_sendone",
            lambda _bus, _channel, kind, message: self.said.append((kind, message)),
        )

    def _request(self, card=None, user=None):
        asked = self.encodings.with_user(user or self.seller)
        return asked.request((card or self.empty).id, self._own_secret(user))

    def _put(self, key="blank-1", **values):
        return self._present(key=key, **{**BLANK, **values})

    def _confirm(self, answer, token=None):
        write = answer["encode"]
        return self.encodings.with_user(self.bridge).confirm(
            write["encoding_id"], token or write["token"]
        )

    def _states(self):
        return [one["state"] for kind, one in self.said if kind == "customer_card.encoding"]

    def _open(self, token, key):
        return self._present(token, key=key)

    def test_the_next_card_is_written(self):
        """AS-05: asked, put there, written, read back: the card opens its customer."""
        asked = self._request()
        self.assertIn("Put the new card into the reader of Counter 1", asked["message"])
        answer = self._put()
        self.assertEqual((answer["status"], answer["action"]), ("encode", ""))
        self.assertEqual(answer["encode"]["number"], self.empty.number)
        self.assertFalse(answer["encode"]["overwrite"])
        self.assertEqual(self._confirm(answer)["number"], self.empty.number)
        self.assertEqual(self._states(), ["writing", "written"])
        self.assertEqual(self.empty.medium_ids.mapped("kind"), ["rfid"])
        opened = self._open(answer["encode"]["token"], "later")
        self.assertEqual(opened["action"], "customer")

    def test_the_card_holds_an_opaque_token_only(self):
        """AP-03: what the reader writes names nobody and no program."""
        self._counter_program()._enrol(customer_card=self.empty)
        self._request()
        with patch.object(customer_card_medium.secrets, "token_bytes", bytes):
            token = self._put()["encode"]["token"]
        self.assertRegex(token, r"^K1\.[0-9A-HJ-NP-X]{28}$")
        # Nothing but chance is in it: with chance taken away nothing of the customer is left.
        raw = bytes(customer_card_medium.TOKEN_BYTES)
        self.assertEqual(token, customer_card_medium.token_of(raw))

    def test_no_other_effect_while_waiting(self):
        """A card with a counter is not issued from by being put there to be written."""
        enrolment = self._counter_program(no_article_choice=True)._enrol(customer_card=self.card)
        self._request()
        answer = self._present()
        self.assertEqual((answer["status"], enrolment.points), ("refused", 72))
        self.assertIn("Karl Berg already", answer["message"])
        self.assertNotIn("encode", answer)
        self.assertEqual(self._states(), ["failed"])
        self.assertEqual(self._put()["status"], "encode")

    def test_scanners_go_on_as_ever(self):
        """Another customer's QR code may be scanned while the till waits for a card to write."""
        self._request()
        self.assertEqual(self._present(medium="qr")["action"], "customer")

    def test_lost_answer_gets_a_new_token_for_the_same_writing(self):
        """An answer asked again: another token; either of them, once read back, is confirmed."""
        self._request()
        first, again = self._put(), self._put()
        self.assertTrue(again["duplicate"])
        self.assertEqual(first["encode"]["encoding_id"], again["encode"]["encoding_id"])
        self.assertNotEqual(first["encode"]["token"], again["encode"]["token"])
        self._confirm(again, first["encode"]["token"])
        self.assertEqual(self._open(first["encode"]["token"], "x")["action"], "customer")
        self.assertEqual(self._open(again["encode"]["token"], "y")["status"], "unknown")

    def test_a_kill_between_writing_and_confirming_heals(self):
        """The bridge died after writing: the card is confirmed when it is put there again."""
        self._request()
        token = self._put()["encode"]["token"]
        with freeze_time(fields.Datetime.now() + timedelta(minutes=20)):
            self._screen()
            self.assertTrue(self.empty.encoding_ids.tried)
            self.assertEqual(self._open(token, "healed")["action"], "customer")
        self.assertEqual(self.empty.encoding_ids.state, "written")
        self.assertEqual(self.empty.medium_ids.mapped("kind"), ["rfid"])

    def test_taken_out_and_put_back_while_the_screen_waits(self):
        """Written, but the confirmation is on its way: the dialog closes, no customer opens."""
        self._request()
        token = self._put()["encode"]["token"]
        self.assertEqual(self._open(token, "again")["status"], "written")
        self.assertEqual(self._states(), ["writing", "written"])

    def test_confirmed_twice_is_once(self):
        """The confirmation's answer got lost, too."""
        self._request()
        answer = self._put()
        self.assertEqual(self._confirm(answer), self._confirm(answer))
        self.assertEqual(len(self.empty.medium_ids), 1)

    def test_something_else_read_back_is_not_confirmed(self):
        self._request()
        answer = self._put()
        with self.assertRaisesRegex(UserError, "holds something else"):
            self._confirm(answer, self.token)
        self.assertFalse(self.empty.medium_ids)

    def test_of_two_written_cards_the_confirmed_one_counts(self):
        """The first was written unnoticed, the second confirmed: the first opens nothing."""
        self._request()
        lost = self._put("blank-1")["encode"]["token"]
        self._confirm(self._put("blank-2"))
        self.assertEqual(self._open(lost, "the first")["status"], "unknown")
        self._request(self.env["customer.card"].create({"partner_id": self.hans.id}))
        used_again = self._open(lost, "the first again")
        self.assertEqual(used_again["status"], "encode")
        self.assertTrue(used_again["encode"]["overwrite"], "we know that this token is dead")

    def test_of_two_readers_the_second_hears_that_it_was_late(self):
        """Two blank cards at once at two readers of the till: one is assigned, the other not."""
        self._request()
        first, second = self._put("reader 1"), self._put("reader 2")
        self._confirm(first)
        with self.assertRaisesRegex(UserError, "this one opens nothing"):
            self._confirm(second)
        self.assertEqual(self._open(second["encode"]["token"], "x")["status"], "unknown")
        self.assertEqual(len(self.empty.medium_ids), 1)

    def test_what_cannot_be_assigned_holds_up_no_other_card(self):
        """Meanwhile the card became a digital one: a sentence for this card, the rest go on."""
        self.env.company.card_medium_qr = True
        self._request()
        token = self._put()["encode"]["token"]
        self.env["customer.card.medium"]._digital_of(self.empty)
        events = [
            {"key": f"k{number}", "kind": "token", "value": value, "origin": "insert"}
            for number, value in enumerate((token, self.token))
        ]
        self.encodings.search([]).write({"deadline": False})
        tills = self.env["customer.till"].with_user(self.bridge)
        late, other = tills.card_presented(events)
        self.assertIn("began as a digital card", late["message"])
        self.assertEqual((late["status"], other["status"]), ("refused", "pushed"))

    def test_no_number_left_for_a_new_customer(self):
        """The range is used up: the seller reads it, nothing was made."""
        card_type = self.env["customer.card"]._default_card_type()
        card_type.write({"number_from": 8800001, "number_to": 8800001})
        self.env["customer.card"].create({"partner_id": self.hans.id})
        peter = self.env["res.partner"].create({"name": "Peter Neu"})
        self.encodings.with_user(self.seller).request_new(peter.id, self._own_secret())
        answer = self._put()
        self.assertEqual(answer["status"], "refused")
        self.assertIn("are in use", answer["message"])
        self.assertEqual((self._states(), peter.customer_card_ids.ids), (["failed"], []))

    def test_a_token_nobody_knows_is_not_overwritten(self):
        """It may be a card of another shop: the reader refuses it."""
        self._request()
        answer = self._present(self.env["customer.card.medium"]._new_token())
        self.assertEqual((answer["status"], answer["encode"]["overwrite"]), ("encode", False))

    def test_failed_says_why_and_waits_on(self):
        asked = self._request()
        self._put("one")
        self.encodings.with_user(self.bridge).failed(asked["encoding_id"], "The card is locked.")
        self.assertEqual(self.said[-1][1]["message"], "The card is locked.")
        self.assertEqual(self._put("two")["status"], "encode")

    def test_cancelled_after_three_minutes_or_by_the_seller(self):
        asked = self._request()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=3, seconds=1)):
            self.assertEqual(self._put("late")["status"], "unknown")
        self.encodings.with_user(self.seller).cancel(asked["encoding_id"])
        self.assertEqual(self._put("after")["status"], "unknown")
        self.assertEqual(self._states(), ["ended"])
        self.assertEqual(self.empty.encoding_ids.state, "discarded")

    def test_written_after_the_cancel_counts(self):
        """The seller gave up while the reader wrote: the card is what it says."""
        asked = self._request()
        answer = self._put()
        self.encodings.with_user(self.seller).cancel(asked["encoding_id"])
        self._confirm(answer)
        self.assertEqual(self._open(answer["encode"]["token"], "x")["action"], "customer")

    def test_discarded_by_hand_opens_nothing(self):
        """The list of open writings: the seller says that the card is gone."""
        asked = self._request()
        token = self._put()["encode"]["token"]
        self.encodings.with_user(self.seller).browse(asked["encoding_id"]).action_discard()
        self.assertEqual(self._open(token, "x")["status"], "unknown")

    def test_one_card_at_a_time(self):
        """One open question for each till; my own older one gives way, another's does not."""
        first = self._request()
        second = self._request(self.card)
        self.assertNotEqual(first["encoding_id"], second["encoding_id"])
        other = new_test_user(self.env, "other_seller", groups="customer_card.group_user")
        with self.assertRaisesRegex(UserError, "is writing a card at Counter 1"):
            self._request(user=other)
        self.encodings.with_user(other).cancel(second["encoding_id"])
        self.assertEqual(self._put()["encode"]["number"], self.card.number)

    def test_who_may_ask(self):
        with self.assertRaises(AccessError):
            self._request(user=self.bridge)
        with self.assertRaisesRegex(UserError, "Pair this screen"):
            self.encodings.with_user(self.seller).request(self.empty.id, "customer_till-guessed")
        self.empty.action_block()
        with self.assertRaisesRegex(UserError, "is blocked"):
            self._request()
        with self.assertRaises(AccessError):
            self.encodings.with_user(self.seller).create({"till_id": self.till.id})

    def test_a_silent_reader_is_said(self):
        self.till.reader_ids.unlink()
        self.assertIn("No reader is connected", self._request()["message"])

    def test_new_customer_gets_his_card_when_plastic_is_there(self):
        """AS-05, AS-06: no card is made for a question that nobody answered."""
        peter = self.env["res.partner"].create({"name": "Peter Neu"})
        asked = self.encodings.with_user(self.seller).request_new(peter.id, self._own_secret())
        self.assertFalse(peter.customer_card_ids)
        answer = self._put()
        card = peter.customer_card_ids
        self.assertEqual(answer["encode"]["number"], card.number)
        self.assertFalse(card._in_hand_of(peter), "not written yet")
        self.encodings.with_user(self.seller).cancel(asked["encoding_id"])
        self.encodings.with_user(self.seller).request_new(peter.id, self._own_secret())
        again = self._put("second")
        self.assertEqual(again["encode"]["number"], card.number, "no second card is begun")
        self._confirm(again)
        self.assertEqual(card._in_hand_of(peter), card)
        self.assertEqual(self.said[-1][1]["card_id"], card.id)
