from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CardCase


@tagged("post_install", "-at_install")
class TestGifts(CardCase):
    """F7: no value by another door; what nobody paid for is a manager's to give."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "gift_manager", groups="customer_card.group_manager")
        programs = cls.env["loyalty.program"]
        cls.voucher = programs.create(
            {"name": "Voucher 50", "kind": "voucher", "preset_amount": 50}
        )
        cls.credit = programs.create(
            {"name": "Credit 20", "kind": "stored_value", "preset_amount": 20}
        )
        cls.coupon = programs.create({"name": "Coupon", "kind": "coupon"})
        article = cls._product("Ten sessions", 300.0, is_card_program=True)
        cls.sessions = cls._counter_program(10, sale_product_id=article.id)
        cls.worth = cls.voucher | cls.credit | cls.coupon | cls.sessions
        cls.free = cls._counter_program(3)
        printer = cls.env["res.partner"].create({"name": "Printer", "email": "p@example.com"})
        cls.type = cls.env["customer.card.type"].create(
            {"name": "Printed", "sequence": 1, "printer_id": printer.id}
        )
        cls.orders = cls.env["customer.card.order"].with_user(cls.seller)

    def _given(self):
        return self.env["loyalty.card"].search_count(
            [("program_id", "in", self.worth.ids), ("points", ">", 0)]
        )

    def _order(self, programs, **line):
        values = {
            "partner_id": self.berg.id,
            "card_type_id": self.type.id,
            "program_ids": [Command.set(programs.ids)],
            **line,
        }
        return self.orders.create({"line_ids": [Command.create(values)]})

    def test_a_card_order_gives_no_voucher(self):
        """F7: create, order, receive."""
        for program in self.worth:
            order = self._order(program)
            with self.assertRaisesRegex(AccessError, "worth money"), self.env.cr.savepoint():
                order.action_order()
            with self.env.cr.savepoint():
                order.action_receive()
            self.assertEqual(order.state, "draft")
        self.assertEqual(self._given(), 0)

    def test_nothing_is_put_into_an_order_that_a_manager_sent(self):
        """F7: neither by its line, nor through the order, nor by moving a line into it."""
        sent = self._order(self.free)
        sent.with_user(self.manager).action_order()
        other = self._order(self.voucher)
        values = {"program_ids": [Command.link(self.voucher.id)]}
        for step in (
            lambda: sent.line_ids.write(values),
            lambda: sent.write({"line_ids": [Command.update(sent.line_ids.id, values)]}),
            lambda: other.line_ids.write({"order_id": sent.id}),
            lambda: sent.write({"line_ids": [Command.create({"partner_id": self.berg.id})]}),
            lambda: sent.write({"line_ids": [Command.link(other.line_ids.id)]}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                step()
        sent.action_receive()
        self.assertEqual(self._given(), 0)
        self.assertEqual(self.free.coupon_ids.points, 3)

    def test_a_seller_receives_what_a_manager_ordered(self):
        order = self._order(self.voucher)
        order.with_user(self.manager).action_order()
        order.action_receive()
        self.assertEqual(self.voucher.coupon_ids.points, 50)

    def test_the_assignment_asks_for_a_manager(self):
        """F7: the dialog, with and without a card; ours that nobody sells stay the seller's."""
        wizards = self.env["loyalty.enrol"].with_user(self.seller)
        for program in self.worth:
            for holder in ({"partner_id": self.berg.id}, {"customer_card_id": self.card.id}):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    wizards.create({"program_id": program.id, **holder}).action_enrol()
        self.assertEqual(self._given(), 0)
        wizards.create({"program_id": self.free.id, "partner_id": self.berg.id}).action_enrol()
        self.assertEqual(self.free.coupon_ids.points, 3)

    def test_a_hundred_cards_are_not_a_hundred_presents(self):
        """F7: what the type brings along, a seller's new card brings once per customer."""
        self.type.program_ids = self.voucher | self.free
        cards = self.env["customer.card"].with_user(self.seller)
        for _number in range(3):
            cards.create({"card_type_id": self.type.id, "partner_id": self.berg.id})
        self.assertEqual(len(self.voucher.coupon_ids), 1)
        bearer = self.env["customer.card.type"].create(
            {"name": "Bearer", "holder_type": "bearer", "program_ids": [self.voucher.id]}
        )
        made = cards.create({"card_type_id": bearer.id})
        self.assertEqual(len(self.voucher.coupon_ids), 1)
        self.assertIn("Voucher 50", made.message_ids[:1].body)
        cards.with_user(self.manager).create({"card_type_id": bearer.id})
        self.assertEqual(len(self.voucher.coupon_ids), 2)

    def test_a_program_goes_to_the_card_of_its_customer(self):
        """F7: not to a stranger's card."""
        meier = self.env["res.partner"].create({"name": "Erika Meier"})
        wizard = self.env["loyalty.enrol"].with_user(self.seller)
        wish = {"program_id": self.free.id, "partner_id": meier.id}
        with self.assertRaisesRegex(UserError, "does not belong"):
            wizard.create({**wish, "customer_card_id": self.card.id}).action_enrol()


@tagged("post_install", "-at_install")
class TestOnAccountCards(CardCase):
    """F19: with an on-account card its bearer buys on a firm's bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "bill_manager", groups="customer_card.group_manager")
        cls.type = cls.env["customer.card.type"].create({"name": "Firm", "on_account": True})
        cls.firm_card = cls.env["customer.card"].create(
            {"card_type_id": cls.type.id, "partner_id": cls.berg.id}
        )
        cls.prefix = cls.env["customer.card.type"].create(
            {"name": "Partner", "on_account": True, "number_prefix": "FIRM"}
        )

    def test_a_seller_makes_none(self):
        """F19: by hand, by number, by an order, by a name on a blank one."""
        self.env.company.card_medium_qr = True
        cards = self.env["customer.card"].with_user(self.seller)
        values = {"card_type_id": self.type.id, "partner_id": self.berg.id}
        assign = self.env["customer.card.assign"].with_user(self.seller)
        order = self.env["customer.card.order"].with_user(self.seller)
        printer = self.env["res.partner"].create({"name": "P", "email": "p@example.com"})
        for step in (
            lambda: cards.create(dict(values)),
            lambda: self.card.with_user(self.seller).write({"card_type_id": self.type.id}),
            lambda: assign.create({"partner_id": self.berg.id, "number": "FIRM17"}).action_assign(),
            lambda: order.create(
                {"printer_id": printer.id, "line_ids": [Command.create(values)]}
            ).action_order(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                step()
        self.assertFalse(self.env["customer.card"].search([("number", "=", "FIRM17")]))
        cards.with_user(self.manager).create(dict(values))

    def test_a_seller_gets_no_second_one(self):
        """F19: nor a new chip or code for it, nor a replacement."""
        self.env.company.card_medium_qr = True
        card = self.firm_card.with_user(self.seller)
        wizards = self.env["customer.card.replace"].with_user(self.seller)
        secret = self._screen()
        encodings = self.env["customer.card.encoding"].with_user(self.seller)
        for step in (
            lambda: wizards.create({"card_id": card.id, "how": "card"}).action_replace(),
            lambda: wizards.create({"card_id": card.id, "how": "medium"}).action_replace(),
            card.action_print_qr,
            card.action_print_qr_png,
            lambda: encodings._request(secret, card_id=card.id),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                step()
        self.assertEqual(self.firm_card.state, "active")
        card.action_block()

    def test_a_reader_alone_writes_blank_cards_only(self):
        """F21: a stolen key makes itself nobody's card."""
        encodings = self.env["customer.card.encoding"].with_user(self.bridge)
        bearer = self.env["customer.card.type"].create({"name": "B", "holder_type": "bearer"})
        blank = self.env["customer.card"].create({"card_type_id": bearer.id})
        self._counter_program()._enrol(customer_card=self.card)
        fresh = self.env["customer.card"].create({"partner_id": self.berg.id})
        used = self.env["customer.card"].create({"card_type_id": bearer.id})
        self._counter_program()._enrol(customer_card=used)
        for card in (self.card, fresh, used, self.firm_card):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                encodings.reserve(card.number)
        self.assertTrue(encodings.reserve(blank.number)["token"])
        self.till.write_cards = False
        with self.assertRaises(UserError):
            encodings.reserve(blank.number)
        self.assertFalse(self.env["customer.till"].new({}).write_cards)


@tagged("post_install", "-at_install")
class TestOtherCompanies(CardCase):
    """F10: what a company's managers do stays in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            "stranger",
            groups="customer_card.group_manager,base.group_partner_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.credit = cls.env["loyalty.program"].create({"name": "Credit", "kind": "stored_value"})
        cls.credit.company_id = cls.env.company
        cls.account = cls.credit._enrol(cls.berg, amount=1380)
        cls.counter = cls._counter_program(once_per_day=True, company_id=cls.env.company.id)
        cls.enrolment = cls.counter._enrol(customer_card=cls.card)
        cls.enrolment._issue(cls.enrolment.allowance_ids, cls.battery, 1, key="one")

    def _refused(self, step):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            step()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_a_shared_customer_is_erased_by_who_may_everywhere(self):
        """F10: 1,380.00 of another company were booked out."""
        wizards = self.env["customer.card.erase"].with_user(self.stranger)
        values = {"partner_id": self.berg.id, "note": "x", "settled": "forfeit"}
        self._refused(lambda: wizards.create(values).action_erase())
        self._refused(lambda: wizards.new(values).preview)
        self.assertEqual(self.account.points, 1380)
        self.assertEqual(self.card.partner_id, self.berg)
        self.stranger.company_ids |= self.env.company
        wizards.create(values).action_erase()
        self.assertEqual(self.account.points, 0)

    def test_shared_programs_count_where_they_were_booked(self):
        """F10: the program is everybody's, its history is not."""
        (self.account | self.enrolment).sudo().program_id.company_id = False
        self.card.unlink() if not self.card.enrolment_ids else None
        wizards = self.env["customer.card.erase"].with_user(self.stranger)
        values = {"partner_id": self.berg.id, "note": "x", "settled": "forfeit"}
        self._refused(lambda: wizards.create(values).action_erase())

    def test_customers_are_merged_by_who_may_everywhere(self):
        """F10: the same of a merge, whichever of the two goes on."""
        twin = self.env["res.partner"].create({"name": "Carl Berg"})
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.stranger)
        for kept in (twin, self.berg):
            self._refused(lambda kept=kept: merge._merge((twin | self.berg).ids, kept))
        self.assertEqual(self.account.partner_id, self.berg)

    def test_buttons_do_not_reach_over(self):
        """F10: retry, take back, correct, unpair, revoke, match, with a foreign id."""
        outbox = self.env["customer.card.outbox"]._add("sale", self.env.company.partner_id, "x")
        outbox.write({"company_id": self.env.company.id, "state": "dead"})
        source = self.env["customer.card.sync.source"].create({"name": "ours"})
        corrections = self.env["loyalty.card.correction"].with_user(self.stranger)
        for record, method in (
            (outbox, "action_retry"),
            (self.enrolment, "action_reverse_last_issue"),
            (self.till, "action_unpair_screens"),
            (self.till, "action_new_key"),
            (self.till, "action_pair_reader"),
            (self.card, "action_block"),
            (self.card.medium_ids, "action_revoke"),
            (self.card, "action_print_qr"),
            (source, "action_match"),
            (source, "action_compare"),
        ):
            foreign = record.with_user(self.stranger)
            self._refused(lambda foreign=foreign, method=method: getattr(foreign, method)())
        self._refused(
            lambda: corrections.create(
                {"card_id": self.account.id, "new_balance": 5000, "note": "x"}
            ).action_apply()
        )
        self._refused(
            lambda: (
                self.env["loyalty.enrol"]
                .with_user(self.stranger)
                .create({"program_id": self.counter.id, "partner_id": self.berg.id})
                .action_enrol()
            )
        )
        self.assertEqual(outbox.state, "dead")

    def test_every_stored_model_has_a_wall(self):
        """F10: no model of ours that is somebody's of a company is read across companies."""
        free = {  # of no company: what all workers share, and rows that only the system reads
            "customer.card.worker",
            "customer.card.worker.note",
        }
        walls = self.env["ir.rule"].sudo().search([("groups", "=", False)]).model_id
        for name, model in self.env.items():
            ours = model._original_module.startswith("customer_card")
            if not ours or model._abstract or model._transient or name in free:
                continue
            self.assertIn(name, walls.mapped("model"), f"{name} has no record rule")
        days = self.env["loyalty.card.day"]
        self.assertTrue(days.search([("card_id", "=", self.enrolment.id)]))
        self._reader()
        for model in (days, self.env["customer.till.reader"]):
            self.assertTrue(model.search([]))
            self.assertFalse(model.with_user(self.stranger).search([]))
