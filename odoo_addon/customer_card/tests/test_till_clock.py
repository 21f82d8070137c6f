from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestEventKeys(CardCase):
    """F13: a key names a card event of one till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_bridge = new_test_user(
            cls.env, "other_bridge", groups="base.group_portal,customer_card.group_bridge"
        )
        cls.other_till = cls.env["customer.till"].create(
            {"name": "Counter 2", "user_id": cls.other_bridge.id}
        )

    def _there(self, **event):
        event = {"key": "insert-1", "kind": "token", "value": self.token, **event}
        return self.env["customer.till"].with_user(self.other_bridge).card_presented([event])[0]

    def test_two_tills_with_the_same_keys_have_their_own_cards(self):
        """F13: two Windows tills with one reader model; none "was presented already"."""
        self._screen()
        self._screen(till=self.other_till)
        here, there = self._present(), self._there()
        self.assertNotEqual(here["event_id"], there["event_id"])
        self.assertFalse(here["duplicate"] or there["duplicate"])
        self.assertTrue(self._present()["duplicate"], "a repeat at the same till stays one event")

    def test_another_tills_key_gives_no_token(self):
        """F13: what this till's reader was told to write nobody else is told."""
        self._screen()
        self._reader()
        empty = self.env["customer.card"].create({"partner_id": self.berg.id})
        asked = self.env["customer.card.encoding"].with_user(self.seller)
        asked.request(empty.id, self._own_secret())
        blank = {"kind": "uid", "value": "04A1B2C3D4E5F6", "medium": "rfid"}
        self.assertIn("encode", self._present(key="k", **blank))
        stolen = self._there(key="k", **blank)
        self.assertNotIn("encode", stolen)
        self.assertFalse(stolen["duplicate"])
        outcomes = self.env["customer.till"].with_user(self.other_bridge).card_outcomes(["k"])
        self.assertEqual([one["state"] for one in outcomes], ["refused"], "its own")

    def test_nobody_uses_up_a_key_beforehand(self):
        """F13: neither another till's, nor those of codes that are scanned into a screen."""
        self._screen()
        self._there(key="insert-1")
        self.assertFalse(self._present(key="insert-1")["duplicate"])
        screen = self.till.screen_ids
        for squatted in (f"screen:{screen.id}:a", f"screen:{self.seller.id}:a", "screen:"):
            self.assertEqual(self._present(key=squatted)["status"], "refused")
        tills = self.env["customer.till"].with_user(self.seller)
        self.assertFalse(tills.screen_scanned(self.secret, self.token, "a")["duplicate"])

    def test_a_key_is_short_plain_text(self):
        self._screen()
        for key in ("", None, False, 1, "x" * 65, "Schlüssel", "a\0b", "a\nb", ["k"], {"k": 1}):
            answer = self._present(key=key)
            self.assertEqual((answer["status"], answer["action"]), ("refused", ""), key)
        self.assertFalse(self.till.event_ids)


@tagged("post_install", "-at_install")
class TestTillClock(CardCase):
    """F14: the till's clock limits nothing and makes nothing fresh."""

    def _unknown(self, count, **values):
        media = self.env["customer.card.medium"]
        till = self.env["customer.till"].with_user(self.bridge)
        events = [
            {"key": f"g{n} {values}", "kind": "token", "value": media._new_token(), **values}
            for n in range(count)
        ]
        return [answer["status"] for answer in till.card_presented(events)]

    def test_old_guesses_are_guesses(self):
        """F14: age_s=61 let a thousand through in five calls; now twenty a minute, in one call."""
        statuses = self._unknown(200, age_s=61)
        self.assertEqual((statuses.count("unknown"), statuses.count("locked")), (20, 180))
        self.assertEqual(self._unknown(5, age_s=3600).count("unknown"), 0)
        self.assertEqual(self._present(key="right", age_s=61)["status"], "locked")

    def test_guesses_of_every_kind_are_counted(self):
        for kind, value in (("uid", "04FF"), ("number", "99"), ("signed", "K2.X"), ("token", "9")):
            events = [
                {"key": f"{kind}{n}", "kind": kind, "value": f"{value}{n:04}", "age_s": 86400}
                for n in range(6)
            ]
            last = self.env["customer.till"].with_user(self.bridge).card_presented(events)[-1]
        self.assertEqual(last["status"], "locked")

    def test_a_card_from_the_future_is_of_now(self):
        """F14: age_s=-3600 stayed claimable for an hour."""
        self._screen()
        answer = self._present(age_s=-3600)
        event = self.env["customer.card.event"].browse(answer["event_id"])
        self.assertLessEqual(event.presented_at, fields.Datetime.now())
        with freeze_time(fields.Datetime.now() + timedelta(seconds=11)):
            self.assertFalse(self._claim(answer))

    def test_an_age_has_bounds(self):
        """F14: a card of the year 1 is at most a day old, and never on a screen."""
        self._screen()
        answer = self._present(age_s=1e12)
        event = self.env["customer.card.event"].browse(answer["event_id"])
        self.assertEqual((answer["status"], event.state), ("stale", "stale"))
        self.assertGreater(event.presented_at, fields.Datetime.now() - timedelta(days=1, minutes=1))

    def test_one_bad_value_spoils_only_its_own_card(self):
        """A batch of which most is nonsense: each gets a final answer, the good ones open."""
        self._screen()
        good = {"kind": "token", "value": self.token, "origin": "insert"}
        bad = [
            {**good, "age_s": "nan"},
            {**good, "age_s": float("nan")},
            {**good, "age_s": float("inf")},
            {**good, "age_s": float("-inf")},
            {**good, "age_s": 10**400},
            {**good, "age_s": "1"},
            {**good, "age_s": True},
            {**good, "age_s": [1]},
            {**good, "value": 4711},
            {**good, "value": ["K1"]},
            {**good, "value": "K1.\0"},
            {**good, "value": "١٢٣"},
            {**good, "value": "9" * 5000},
            {**good, "kind": {"a": 1}},
            {**good, "kind": 7},
            {**good, "medium": b"x".hex},
            {**good, "origin": 3},
        ]
        events = [{"key": f"bad {number}", **event} for number, event in enumerate(bad)]
        events = [{"key": "first", **good}, *events, "text", None, 5, [], {"key": "last", **good}]
        answers = self.env["customer.till"].with_user(self.bridge).card_presented(events)
        self.assertEqual(len(answers), len(events))
        self.assertEqual([answers[0]["status"], answers[-1]["status"]], ["pushed", "pushed"])
        self.assertEqual({one["status"] for one in answers[1:-1]}, {"refused"})
        self.assertEqual([one["key"] for one in answers[1:18]], [e["key"] for e in events[1:18]])
        self.assertEqual(len(self.till.event_ids), 2)

    def test_a_signed_text_with_blanks_is_refused_like_any_other(self):
        """sun.verify raised on spaces: 32 signs, of which some are blank."""
        for key, value in (("a", " " * 32 + "." + " " * 16), ("b", "é" * 32), ("c", "." * 49)):
            self.assertEqual(self._present(value, key=key, kind="sun")["status"], "refused")

    def test_a_heartbeat_of_nonsense_is_a_heartbeat(self):
        till = self.env["customer.till"].with_user(self.bridge)
        for info in (
            {},
            {"readers": "x", "spool_depth": "many", "version": 5},
            {"readers": [None, 1, {"name": None}, {"name": {"a": 1}, "media": 3, "source": []}]},
            {"readers": [{"name": "R\0", "state": ["card"]}], "spool_depth": 10**30},
            {"spool_depth": -1, "version": "1\0"},
            {"spool_depth": float("inf")},
        ):
            self.assertEqual(till.heartbeat(info)["till"], self.till.name)
            self.assertEqual(self.till.spool_depth, 0)
        self.assertEqual(till.card_outcomes([1, None, {"a": 1}, "x"]), [])


@tagged("post_install", "-at_install")
class TestEventLife(CardCase):
    """From a presented card is issued while it is in use, and from each counter once."""

    def _claimed(self, **program):
        self._own_secret()
        self.enrolment = self._counter_program(**program)._enrol(customer_card=self.card)
        return self._claim(self._present())

    def _refused(self, claim, **values):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._issue(claim, **values)

    def test_a_cancelled_card_issues_nothing_days_later(self):
        """By reading: claimed, cancelled, issued by RPC days later."""
        claim = self._claimed()
        events = self.env["customer.card.event"].with_user(self.seller)
        events.done(claim["event_id"], "Nothing was issued.", self.secret)
        self._refused(claim)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._refused(claim)
        self.assertEqual(self.enrolment.points, 72)

    def test_a_dialog_left_open_ends(self):
        claim = self._claimed()
        now = fields.Datetime.now()
        with freeze_time(now + timedelta(minutes=14)):
            self.assertEqual(self._issue(claim)["remaining"], 71)
        with freeze_time(now + timedelta(minutes=16)):
            self._refused(claim, key="another")
            self.assertEqual(self._issue(claim)["remaining"], 71, "a lost answer may be asked for")

    def test_a_card_that_opened_something_else_issues_nothing(self):
        """A quotation's card is no issue; by RPC it was one."""
        claim = self._claimed()
        self.env["customer.card.event"].browse(claim["event_id"]).action = "quotation"
        self._refused(claim)

    def test_a_refused_card_issues_nothing(self):
        claim = self._claimed()
        self.env["customer.card.event"].browse(claim["event_id"]).state = "refused"
        self._refused(claim)

    def test_a_direct_issue_is_the_only_one(self):
        """By reading: a direct issue and issue() on the same event gave two."""
        claim = self._claimed(no_article_choice=True)
        self.assertEqual(claim["result"]["remaining"], 71)
        for key in ("dialog-1", f"event:{claim['event_id']}:direct", "insert-1"):
            self._refused(claim, key=key)
        self.assertEqual(self.enrolment.points, 71)

    def _visit(self):
        """Two counters issued for one presented card, once per day; return the entries."""
        program = self._counter_program(30, once_per_day=True)
        program.line_ids = [(0, 0, {"product_id": self.other.id, "quantity": 4})]
        self.enrolment = program._enrol(customer_card=self.card)
        self._own_secret()
        claim = self._claim(self._present())
        for number, product in enumerate((self.battery, self.other)):
            part = {**claim, "counters": claim["counters"][number:]}
            self._issue(part, product=product, key=f"dialog-{number}")
        entries = self.env["loyalty.card.entry"]
        of_visit = [("card_id", "=", self.enrolment.id), ("reason", "=", "issue")]
        return entries.search(of_visit, order="id")

    def _day_is_used(self):
        return self._present(key=f"again {fields.Datetime.now()}")["status"] == "refused"

    def test_the_day_is_free_when_the_visits_last_issue_is_back(self):
        """By reading: taking back the first of two counters freed the day."""
        for order in ((0, 1), (1, 0)):
            with self.subTest(order=order):
                entries = self._visit()
                one, two = (entries[number] for number in order)
                self.enrolment._reverse_issue(one, key=f"back {one.id}")
                self.assertTrue(self.enrolment._used_day(self.enrolment._today(self.env.company)))
                self.enrolment._reverse_issue(two, key=f"back {two.id}")
                self.assertFalse(self.enrolment._used_day(self.enrolment._today(self.env.company)))
                self.assertLedger()
                self.enrolment.program_id.active = False
                self.till.event_ids.unlink()
