import base64

from lxml import etree

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCardOrder(CardCase):
    """AS-02: cards are ordered from the customer's process; HS-23: with a design of one's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printer = cls.env["res.partner"].create(
            {"name": "Kartendruck Nord", "email": "auftrag@kartendruck.example"}
        )
        cls.counter = cls._counter_program()
        cls.bonus = cls.env["loyalty.program"].create({"name": "Bonus", "kind": "points"})
        cls.type = cls.env["customer.card.type"].create(
            {
                "name": "Printed",
                "sequence": 1,
                "printer_id": cls.printer.id,
                "program_ids": [cls.counter.id, cls.bonus.id],
            }
        )
        cls.meier = cls.env["res.partner"].create({"name": "Erika Meier"})
        cls.orders = cls.env["customer.card.order"].with_user(cls.seller)

    def _order(self, **line):
        return self.orders.create(
            {"line_ids": [Command.create({"partner_id": self.meier.id, **line})]}
        )

    def _mails(self, order):
        return self.env["mail.mail"].search(
            [("model", "=", "customer.card.order"), ("res_id", "=", order.id)]
        )

    def test_one_click_on_the_customer_orders_and_sends(self):
        """AS-02: K, programs and quantity, draft to ordered, one e-mail to the printer."""
        action = self.meier.with_user(self.seller).action_order_card()
        order = self.meier.card_order_line_ids.order_id
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual((order.state, order.printer_id), ("ordered", self.printer))
        line = order.line_ids
        self.assertEqual((line.partner_id, line.quantity), (self.meier, 1))
        self.assertEqual(line.program_ids, self.counter | self.bonus)
        mail = self._mails(order)
        self.assertEqual(mail.recipient_ids, self.printer)
        self.assertIn(order.name, mail.subject)
        self.assertIn("Printed", mail.body_html)
        self.assertNotIn("Erika Meier", mail.body_html)
        self.assertIn(order.name, self.meier.message_ids[0].body)
        self.assertEqual(self.meier.card_order_count, 1)

    def test_the_click_asks_before_the_printer_hears_of_it(self):
        """AS-02: an order is sent at once, so both buttons ask first."""
        cards = self.env["customer.card"]
        forms = {"res.partner": self.meier, "customer.card": cards}
        for model, records in forms.items():
            arch = records.with_user(self.seller).get_view(view_type="form")["arch"]
            (button,) = etree.fromstring(arch).iterfind(".//button[@name='action_order_card']")
            self.assertIn("at once", button.get("confirm", ""), model)

    def _step(self, record):
        """Somebody plans it, the seller does it."""
        step = record.activity_schedule(
            "customer_card_order.mail_activity_order_card", user_id=self.seller.id
        )
        return step.with_user(self.seller)

    def test_a_step_that_is_done_orders_the_card(self):
        """EX-03: planned on the customer, marked done: AS-02's order, sent, linked to it."""
        self._step(self.meier).action_feedback(feedback="He wants one")
        order = self.meier.card_order_line_ids.order_id
        self.assertEqual((order.state, order.user_id), ("ordered", self.seller))
        self.assertEqual(order.step_record, self.meier)
        self.assertEqual(len(self._mails(order)), 1)
        self.assertTrue(any(order.name in one.body for one in self.meier.message_ids))
        self._step(self.meier).action_feedback()
        self.assertEqual(self.meier.card_order_line_ids.order_id, order, "one is on its way")

    def test_a_step_of_a_document(self):
        """EX-03: the card is its customer's; without a customer nothing is ordered or done."""
        program = self.counter._enrol(self.meier).with_user(self.env.user)
        step = program.activity_schedule("customer_card_order.mail_activity_order_card")
        step.action_feedback()
        order = self.meier.card_order_line_ids.order_id
        self.assertEqual((order.state, order.step_record), ("ordered", program))
        voucher = self.env["loyalty.program"].create({"name": "V", "kind": "voucher"})
        nobodys = voucher._enrol(amount=5, paid=5)
        step = nobodys.activity_schedule("customer_card_order.mail_activity_order_card")
        with self.assertRaisesRegex(UserError, "names no customer"), self.env.cr.savepoint():
            step.action_feedback()
        self.assertTrue(step.active)

    def test_second_click_shows_the_order_under_way(self):
        """AS-02: pressing twice does not order twice."""
        self.meier.with_user(self.seller).action_order_card()
        order = self.meier.card_order_line_ids.order_id
        action = self.meier.with_user(self.seller).action_order_card()
        self.assertEqual((action["res_model"], action["res_id"]), (order._name, order.id))
        order.action_order()
        self.assertEqual(len(self._mails(order)), 1)

    def test_name_on_the_card_is_told_when_the_type_says_so(self):
        self.type.print_name = True
        order = self._order()
        order.action_order()
        self.assertIn("Erika Meier", self._mails(order.sudo()).body_html)

    def test_printer_reads_his_own_language(self):
        """AS-02: the template is rendered in the printer's language."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.printer.lang = "de_DE"
        template = self.env.ref("customer_card_order.mail_template_card_order")
        template.with_context(lang="de_DE").subject = "Bestellung {{ object.name }}"
        order = self._order()
        order.action_order()
        self.assertEqual(self._mails(order.sudo()).subject, f"Bestellung {order.name}")

    def test_receiving_makes_the_cards_and_programs_once(self):
        """AS-02: ordered to received makes one card with both programs; again makes nothing."""
        order = self._order()
        order.action_order()
        order.action_receive()
        card = self.meier.customer_card_ids
        self.assertEqual(len(card), 1)
        self.assertEqual(order.card_ids, card)
        self.assertTrue(card.number.isdigit())
        self.assertEqual(card.enrolment_ids.program_id, self.counter | self.bonus)
        order.action_receive()
        self.assertEqual(self.meier.customer_card_ids, card)
        self.assertEqual(len(card.enrolment_ids), 2)
        self.assertEqual(order.state, "received")

    def test_interrupted_receiving_is_completed(self):
        """AS-02: cards that are there already are not made again."""
        order = self._order(quantity=3)
        order.action_order()
        self.env["customer.card"].with_context(without_programs=True).create(
            {
                "card_type_id": self.type.id,
                "partner_id": self.meier.id,
                "order_line_id": order.line_ids.id,
            }
        )
        order.action_receive()
        self.assertEqual(len(self.meier.customer_card_ids), 3)

    def test_two_cards_of_one_customer_share_the_programs(self):
        """AS-02: a second card for the same customer is no second set of batteries."""
        order = self._order(quantity=2)
        order.action_order()
        order.action_receive()
        first, second = self.meier.customer_card_ids
        batteries = self.meier.enrolment_ids.filtered(lambda one: one.program_id == self.counter)
        self.assertEqual(batteries.points, 72)
        today = self.env["loyalty.card"]._today(self.env.company)
        for card in (first, second):
            self.assertEqual(len(card._usable_enrolments(today)), 2)

    def test_several_customers_in_one_order(self):
        """AS-02: each customer gets his own card and his own programs."""
        order = self.orders.create(
            {
                "line_ids": [
                    Command.create({"partner_id": self.meier.id}),
                    Command.create({"partner_id": self.berg.id, "program_ids": self.bonus.ids}),
                ]
            }
        )
        self.assertEqual(order.quantity, 2)
        order.action_order()
        order.action_receive()
        self.assertEqual(len(self.meier.enrolment_ids), 2)
        self.assertEqual(self.berg.enrolment_ids.program_id, self.bonus)

    def test_bearer_cards_have_programs_each(self):
        bearer = self.env["customer.card.type"].create(
            {"name": "Gift", "holder_type": "bearer", "printer_id": self.printer.id}
        )
        order = self._order(
            partner_id=False, card_type_id=bearer.id, quantity=2, program_ids=self.counter.ids
        )
        order.action_order()
        order.action_receive()
        self.assertEqual(order.sudo().card_ids.enrolment_ids.mapped("points"), [72, 72])

    def test_programs_the_customer_has_are_not_ordered_again(self):
        self.counter._enrol(self.meier)
        self.assertEqual(self._order().line_ids.program_ids, self.bonus)

    def test_order_without_printer_opens_as_a_draft(self):
        """AS-02: nothing is sent to nobody; the sentence says what is missing."""
        self.type.printer_id = False
        action = self.meier.with_user(self.seller).action_order_card()
        order = self.orders.browse(action["res_id"])
        self.assertEqual(order.state, "draft")
        with self.assertRaisesRegex(UserError, "Choose the card printer"):
            order.action_order()
        order.printer_id = self.env["res.partner"].create({"name": "No mail"})
        with self.assertRaisesRegex(UserError, "No mail has no e-mail address"):
            order.action_order()
        self.assertEqual(order.state, "draft")

    def test_six_programs_are_refused_when_ordering(self):
        """AS-03: not only when the printed cards are there."""
        more = self.env["loyalty.program"].create(
            [{"name": f"P{number}", "kind": "points"} for number in range(6)]
        )
        order = self._order(program_ids=more.ids)
        with self.assertRaisesRegex(UserError, "max 5"):
            order.action_order()
        self.assertFalse(self._mails(order.sudo()))

    def test_design_goes_to_the_printer(self):
        """HS-23: an order form with a design file and a quantity."""
        order = self._order(quantity=250)
        order.write({"design": base64.b64encode(b"%PDF-1.7"), "design_name": "card.pdf"})
        order.action_order()
        mail = self._mails(order.sudo())
        self.assertEqual(mail.attachment_ids.name, "card.pdf")
        self.assertIn("250", mail.body_html)

    def test_what_was_sent_stays(self):
        """AS-02: the state follows its steps, also over RPC."""
        order = self._order()
        with self.assertRaises(AccessError):
            order.state = "received"
        with self.assertRaises(AccessError):
            self.orders.create({"state": "received"})
        order.action_receive()
        self.assertEqual(order.state, "draft")
        order.action_order()
        for values in ({"quantity": 5}, {"partner_id": self.berg.id}):
            with self.assertRaisesRegex(UserError, "was sent"):
                order.line_ids.write(values)
        with self.assertRaisesRegex(UserError, "was sent"):
            order.line_ids.unlink()
        order.line_ids.program_ids = self.bonus
        order.action_cancel()
        order.action_receive()
        self.assertEqual((order.state, len(self.meier.customer_card_ids)), ("cancelled", 0))

    def test_partner_groups_cards_are_not_ordered(self):
        """AS-14: their numbers come with them."""
        group = self.env["customer.card.type"].create({"name": "Group", "number_prefix": "HSP"})
        with self.assertRaisesRegex(ValidationError, "numbers of the partner group"):
            self._order(card_type_id=group.id)

    def test_other_companies_orders_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        order = self._order()
        order.sudo().company_id = other
        with self.assertRaises(AccessError):
            order.with_user(self.seller).read(["name"])
