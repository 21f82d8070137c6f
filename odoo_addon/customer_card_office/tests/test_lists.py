from datetime import date

from freezegun import freeze_time

from odoo.addons.customer_card.tests.common import CardCase
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval


@tagged("post_install", "-at_install")
class TestLists(CardCase):
    """EX-10: whom to speak to: programs that end soon, are nearly empty, or sleep."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "card_manager", groups="customer_card.group_manager")
        cls.cards = cls.env["loyalty.card"]

    def _on(self, day):
        self.env.flush_all()
        self.env.invalidate_all()
        return freeze_time(f"{day} 12:00")

    def _found(self, *domain):
        return self.cards.with_user(self.manager).search([("is_enrolment", "=", True), *domain])

    def _take(self, card, quantity=1):
        key = f"list:{card.id}:{card.entry_seq}"
        return card._issue(card.allowance_ids[:1], self.battery, quantity, key=key)

    def test_ends_within_n_days(self):
        """EX-10: the last day counts, what is over and what has no end does not."""
        program = self._counter_program(term_months=12)
        ends = [date(2030, 5, 31), date(2030, 6, 1), date(2030, 6, 15), date(2030, 6, 16), False]
        over, today, last, _later, _never = cards = self.cards.concat(
            *(program._enrol(self.env["res.partner"].create({"name": "X"})) for _end in ends)
        )
        for card, end in zip(cards, ends, strict=True):
            card.expiration_date = end
        with self._on("2030-06-01"):
            found = self._found(("ends_in_days", "<=", 14), ("program_id", "=", program.id))
            self.assertEqual(found, today | last)
            self.assertEqual(last.ends_in_days, 14)
            self.assertEqual(self._found(("ends_in_days", "<", 1), ("id", "in", cards.ids)), today)
        self.assertNotIn(over, found)

    def test_nearly_empty(self):
        """EX-10: pieces of this and later periods; a flat rate never, reserved money not."""
        split = self._counter_program(
            term_months=12,
            split_lines=True,
            line_ids=[
                Command.create({"product_id": self.battery.id, "quantity": 12}) for _year in (1, 2)
            ],
        )
        flat = self._counter_program(quantity=0)
        credit = self.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        with self._on("2030-01-10"):
            yearly, endless = split._enrol(self.berg), flat._enrol(self.berg)
            purse = credit._enrol(self.berg, amount=20, paid=20)
            purse._reserve(18, kind="quotation", key="S1")
        mine = ("id", "in", (yearly | endless | purse).ids)
        with self._on("2030-02-01"):
            self.assertEqual(self._found(("left", "<=", 3), mine), purse)
            self._take(yearly, 12)
            self.assertEqual(yearly.left, 12)
        with self._on("2031-02-01"):
            # Twelve of year 1 lapsed unused would not count either.
            yearly._issue(yearly.allowance_ids[1], self.battery, 9, key="year 2")
            self.assertEqual(self._found(("left", "<=", 3), mine), yearly | purse)
            self.assertEqual(self._found(("left", "<", 3), mine), purse)
            self.assertEqual((yearly.left, purse.left), (3, 2))

    def test_unused_for_n_months(self):
        """EX-10: since it began, or since goods were issued; a discount nobody can tell."""
        discount = self.env["loyalty.discount"].create({"name": "T", "applies_to": "all"})
        tenth = self.env["loyalty.program"].create(
            {
                "name": "T",
                "kind": "discount",
                "line_ids": [Command.create({"discount_id": discount.id})],
            }
        )
        with self._on("2030-01-10"):
            slept, used = (self._counter_program()._enrol(self.berg) for _program in range(2))
            tenth = tenth._enrol(self.berg)
        mine = ("id", "in", (slept | used | tenth).ids)
        with self._on("2030-03-01"):
            self._take(used)
        with self._on("2030-07-09"):
            self.assertFalse(self._found(("unused_months", ">=", 6), mine))
        with self._on("2030-07-10"):
            self.assertEqual(self._found(("unused_months", ">=", 6), mine), slept)
            self.assertEqual((slept.unused_months, used.unused_months), (6, 4))
        with self._on("2030-09-01"):
            self.assertEqual(self._found(("unused_months", ">=", 6), mine), slept | used)

    def test_the_saved_list_finds_the_three(self):
        """EX-10: one menu, three filters that add up, nothing that is over or blocked."""
        action = self.env.ref("customer_card_office.action_loyalty_card_attention")
        arch = self.cards.get_view(action.search_view_id.id, "search")["arch"]
        chosen = [
            name.removeprefix("search_default_") for name in safe_eval(action.context) if name
        ]
        self.assertEqual(len(chosen), 4)
        for name in chosen:
            self.assertIn(f'name="{name}"', arch)

    def test_an_activity_for_the_selection(self):
        """EX-10: planned once for each of them."""
        chosen = self._counter_program()._enrol(self.berg) | self._counter_program()._enrol(
            self.env["res.partner"].create({"name": "Erika Meier"})
        )
        action = self.env.ref("customer_card_office.action_loyalty_card_activity")
        self.assertEqual(action.binding_model_id.model, "loyalty.card")
        planned = self.env[action.res_model].with_user(self.manager)
        planned.with_context(active_ids=chosen.ids, active_model="loyalty.card").create(
            {"summary": "Call", "activity_user_id": self.manager.id}
        ).action_schedule_activities()
        for card in chosen:
            self.assertEqual(card.activity_ids.summary, "Call")
            self.assertEqual(card.activity_ids.user_id, self.manager)

    def test_a_mail_to_the_selection(self):
        """EX-10: each customer reads what he has, until when."""
        self.berg.email = "berg@example.com"
        erika = self.env["res.partner"].create({"name": "Erika Meier", "email": "e@example.com"})
        program = self._counter_program(12, name="Batteries yearly", term_months=12)
        with self._on("2030-01-10"):
            mine, hers = program._enrol(self.berg), program._enrol(erika)
            self._take(hers, 2)
        action = self.env.ref("customer_card_office.action_loyalty_card_mail")
        composer = self.env[action.res_model].with_user(self.manager)
        composer.with_context(
            active_ids=(mine | hers).ids,
            active_model="loyalty.card",
            **safe_eval(action.context),
        ).create({})._action_send_mail()
        mails = self.env["mail.mail"].search(
            [("model", "=", "loyalty.card"), ("res_id", "in", (mine | hers).ids)]
        )
        told = {mail.recipient_ids: mail.body_html for mail in mails}
        self.assertEqual(set(told), {self.berg, erika})
        self.assertIn("12 pieces", told[self.berg])
        self.assertIn("10 pieces", told[erika])
        self.assertIn("2031", told[erika])
