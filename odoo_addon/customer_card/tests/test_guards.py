import importlib.util
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CardCase

GUARDS = "odoo.addons.customer_card.models"


@tagged("post_install", "-at_install")
class TestGuards(CardCase):
    """Guards judge what a row would become, and what only the server writes, nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "guard_manager",
            groups="customer_card.group_manager,base.group_partner_manager",
        )
        programs = cls.env["loyalty.program"]
        cls.promotion = programs.create(programs._get_template_values()["promotion"])
        cls.native_gift = programs.create(programs._get_template_values()["gift_card"])
        cls.thrown_away = cls.env["loyalty.card"].create(
            {"program_id": cls.promotion.id, "points": 5}
        )
        cls.voucher = programs.create(
            {"name": "Voucher 50", "kind": "voucher", "preset_amount": 50}
        )
        cls.credit = programs.create({"name": "Credit", "kind": "stored_value"})
        cls.coupon = programs.create({"name": "Coupon", "kind": "coupon"})
        cls.enrolment = cls._counter_program()._enrol(customer_card=cls.card)
        cls.account = cls.credit._enrol(cls.berg, amount=20)

    def _refused(self, user, record, method, *args, **context):
        records = record.with_env(self.env(user=user.id)).with_context(**context)
        with (
            mute_logger(f"{GUARDS}.server_fields", f"{GUARDS}.ledger.loyalty_card_ledger"),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            getattr(records, method)(*args)
            self.env.flush_all()
        self.env.invalidate_all()

    # --- F3 ---------------------------------------------------------------------------

    def test_no_throw_away_card_becomes_a_balance(self):
        """F3: neither by its program, nor by a mark, nor by any field that bookings write."""
        for user in (self.seller, self.manager):
            for values in (
                {"program_id": self.voucher.id, "is_enrolment": True, "points": 777, "paid": 777},
                {"program_id": self.voucher.id},
                {"program_id": self.native_gift.id},
                {"is_enrolment": True},
                {"held": 1},
                {"paid": 777},
                {"bonus": 777},
                {"entry_seq": 3},
                {"single_account": True},
                {"term_total": 99},
                {"valid_from": "2020-01-01"},
                {"side": "left"},
                {"merged_into_id": self.account.id},
            ):
                self._refused(user, self.thrown_away, "write", values)
                for name, value in values.items() - {
                    ("is_enrolment", True),
                    ("single_account", True),
                }:
                    self._refused(user, self.account, "write", {name: value})

    def test_no_balance_is_made_by_hand(self):
        """F3: create, copy, import, a default, and the other side of the relation."""
        cards = self.env["loyalty.card"]
        for program in (self.voucher, self.credit, self.coupon):
            for values in (
                {"program_id": program.id, "points": 100},
                {"program_id": program.id},
                {"program_id": program.id, "is_enrolment": True, "points": 100, "paid": 100},
            ):
                self._refused(self.manager, cards, "create", values)
        self._refused(self.manager, cards, "create", {"points": 9}, active_id=self.voucher.id)
        self._refused(
            self.manager, cards, "create", {"points": 9}, default_program_id=self.voucher.id
        )
        self._refused(self.manager, cards, "name_create", "x", default_program_id=self.voucher.id)
        self._refused(self.manager, self.account, "copy", {"code": "MINE"})
        self._refused(
            self.manager,
            self.voucher,
            "write",
            {"coupon_ids": [Command.link(self.thrown_away.id)]},
        )
        self._refused(
            self.manager, self.voucher, "write", {"coupon_ids": [Command.create({"points": 9})]}
        )
        wizard = self.env["loyalty.generate.wizard"].create(
            {"program_id": self.voucher.id, "points_granted": 50, "coupon_qty": 3}
        )
        self._refused(self.manager, wizard, "generate_coupons")
        loaded = cards.with_user(self.manager)
        with mute_logger(f"{GUARDS}.ledger.loyalty_card_ledger"):
            answer = loaded.load(
                ["program_id/.id", "points", "is_enrolment"], [[str(self.voucher.id), "50", "1"]]
            )
        self.assertFalse(answer["ids"])

    def test_defaults_of_the_caller_make_no_money(self):
        """F3: default_* and a user's ir.default reach what the server itself makes."""
        defaults = self.env["ir.default"].with_user(self.seller)
        for model, name, value in (
            ("loyalty.card", "paid", 777.0),
            ("loyalty.card", "points", 777.0),
            ("loyalty.card.entry", "bonus_delta", 5.0),
            ("loyalty.card.entry", "overdrawn", True),
            ("customer.card.event", "overwrite", True),
        ):
            defaults.set(model, name, value, user_id=True)
        plain = self.env["loyalty.program"].create({"name": "Plain", "kind": "discount"})
        context = {
            "default_paid": 777,
            "default_held": -5,
            "default_points": 777,
            "default_entry_seq": 9,
            "default_bonus_delta": 5,
            "default_overdrawn": True,
        }
        wizard = (
            self.env["loyalty.enrol"]
            .with_user(self.seller)
            .with_context(**context)
            .create({"program_id": plain.id, "partner_id": self.berg.id})
        )
        wizard.action_enrol()
        made = plain.coupon_ids
        self.assertEqual((made.points, made.paid, made.held, made.entry_seq), (0, 0, 0, 0))
        counter = self._counter_program(2)
        wizard = wizard.create({"program_id": counter.id, "partner_id": self.berg.id})
        wizard.action_enrol()
        self.assertFalse(counter.coupon_ids.entry_ids.overdrawn)
        self._screen()
        event = self.env["customer.card.event"].browse(self._present()["event_id"])
        self.assertFalse(event.overwrite)

    def test_an_enrolment_keeps_its_holder_and_its_end(self):
        """F3: another holder, card, code or end: of an enrolment not even a manager writes it."""
        meier = self.env["res.partner"].create({"name": "Erika Meier"})
        other = self.env["customer.card"].create({"partner_id": meier.id})
        for values in (
            {"partner_id": meier.id},
            {"partner_id": False},
            {"customer_card_id": other.id},
            {"code": "MINE"},
            {"expiration_date": "2099-01-01"},
            {"active": False},
            {"program_id": self.voucher.id},
        ):
            self._refused(self.manager, self.account, "write", values)
            self._refused(self.seller, self.account, "write", values)
        self._refused(
            self.manager, meier, "write", {"enrolment_ids": [Command.link(self.account.id)]}
        )
        self._refused(self.seller, self.account, "write", {"blocked": True})
        self.account.with_user(self.manager).blocked = True

    def test_a_program_with_cards_stays_what_it_is(self):
        """F3: the program's type would turn all its throw-away cards into balances."""
        for values in (
            {"program_type": "gift_card"},
            {"program_type": "ewallet"},
            {"program_type": "loyalty"},
        ):
            self._refused(self.manager, self.promotion, "write", values)
        other = self.env["res.currency"].search([("id", "!=", self.credit.currency_id.id)], limit=1)
        self._refused(self.manager, self.credit, "write", {"currency_id": other.id})
        self._refused(self.manager, self.voucher, "write", {"company_id": self._other().id})

    def test_native_cards_stay_with_their_users(self):
        """Ordinary gift cards of ordinary shops: a manager makes them, names a holder, an end."""
        gift = (
            self.env["loyalty.card"]
            .with_user(self.manager)
            .create({"program_id": self.native_gift.id, "points": 25})
        )
        gift.write({"partner_id": self.berg.id, "expiration_date": "2099-01-01"})
        copy = gift.copy({"code": "another"})
        self.assertEqual((copy.points, copy.entry_seq), (25, 1))

    # --- other rows of ours -----------------------------------------------------------

    def _other(self):
        return self.env["res.company"].create({"name": "Elsewhere"})

    def test_read_only_means_read_only(self):
        """F3: what only buttons change, on every model that clients may write."""
        order = self.env["customer.card.order"].create({})
        source = self.env["customer.card.sync.source"].create({"name": "elsewhere"})
        take_over = self.env["customer.card.import"].create({"file": b"YQ=="})
        medium = self.card.medium_ids
        medium.action_revoke()
        for record, values in (
            (self.card, {"order_line_id": 1}),
            (self.card, {"replaced_by_id": self.card.id}),
            (self.card, {"card_grants": 0 if self.card.card_grants else 7}),
            (order, {"name": "Mine"}),
            (order, {"ordered_at": "2020-01-01"}),
            (order, {"state": "ordered"}),
            (self.till, {"pending_key": "12345678"}),
            (self.till, {"bridge_seen_at": "2099-01-01"}),
            (self.till, {"screen_seen_at": "2099-01-01"}),
            (medium, {"revoked_at": False}),
            (medium, {"key_hash": "x"}),
            (medium, {"tier": "3"}),
            (medium, {"kind": "qr"}),
            (source, {"last_seen_at": "2099-01-01"}),
            (take_over, {"state": "checked"}),
            (take_over, {"done_count": 5}),
            (take_over, {"user_id": self.env.ref("base.user_admin").id}),
        ):
            self._refused(self.manager, record, "write", values)
        for model, values in (
            ("customer.till", {"name": "Mine", "pending_key": "12345678"}),
            ("customer.card", {"partner_id": self.berg.id, "replaced_by_id": self.card.id}),
            ("customer.card.order", {"ordered_at": "2020-01-01"}),
            ("customer.card.import", {"file": b"YQ==", "state": "checked"}),
        ):
            self._refused(self.manager, self.env[model], "create", values)
        made = (
            self.env["customer.till"]
            .with_user(self.manager)
            .with_context(default_bridge_version="9", default_spool_depth=7)
            .create({"name": "Counter 9"})
        )
        self.assertFalse(made.bridge_version)
        self.assertFalse(made.spool_depth)

    def test_a_screen_may_send_back_what_it_was_shown(self):
        """The web client writes what stands there; that is no attack."""
        self.till.with_user(self.manager).write({"name": "Counter 1a", "bridge_version": False})
        self.card.with_user(self.seller).write(
            {"replaced_by_id": False, "partner_id": self.berg.id}
        )

    def test_no_row_is_pushed_behind_a_wall(self):
        """F10: after the write the rules are asked again."""
        elsewhere = self._other()
        order = self.env["customer.card.order"].create({})
        for record in (self.till, order):
            self._refused(self.manager, record, "write", {"company_id": elsewhere.id})


@tagged("post_install", "-at_install")
class TestReaderUsers(CardCase):
    """F2: a till's reader signs in as a reader's user and as nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "till_manager", groups="customer_card.group_manager")
        cls.tills = cls.env["customer.till"].with_user(cls.manager)

    def _no_reader(self):
        group = "customer_card.group_bridge"
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "foreign_bridge",
            groups=f"base.group_portal,{group}",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        return (
            self.env.ref("base.user_admin"),
            self.env.ref("base.user_root"),
            self.manager,
            self.seller,
            new_test_user(self.env, "shopper", groups="base.group_portal"),
            new_test_user(self.env, "worker", groups="base.group_user,customer_card.group_worker"),
            new_test_user(self.env, "both", groups=f"base.group_user,{group}"),
            foreign,
        )

    def test_a_till_takes_no_person_as_its_reader(self):
        """F2: neither when it is made nor later, nor by a screen's web_save, nor by a copy."""
        mine = self.tills.create({"name": "Mine"})
        for user in self._no_reader():
            for step in (
                lambda user=user: self.tills.create({"name": "x", "user_id": user.id}),
                lambda user=user: mine.write({"user_id": user.id}),
                lambda user=user: mine.web_save({"user_id": user.id}, {"id": {}}),
                lambda user=user: self.tills.with_context(default_user_id=user.id).create(
                    {"name": "x"}
                ),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    step()
        keys = self.env["res.users.apikeys"].search([])
        mine.action_new_key()
        new = self.env["res.users.apikeys"].search([]) - keys
        self.assertEqual(new.user_id, mine.user_id)
        self.assertTrue(mine.user_id._is_reader_of(mine.company_id))

    def test_rights_are_asked_with_every_key(self):
        """F2: a reader's user that became a person's gets no key any more, nor does its pairing."""
        self.tills = self.till.with_user(self.manager)
        keys = self.env["res.users.apikeys"]
        self.bridge.group_ids = self.env.ref("customer_card.group_bridge") | self.env.ref(
            "base.group_user"
        )
        before = keys.search_count([])
        with mute_logger(f"{GUARDS}.till.customer_till_key"), self.assertRaises(AccessError):
            self.tills.action_new_key()
        pairing, code = self.env["customer.till.pairing"].sudo()._start(self.till)
        with mute_logger(f"{GUARDS}.till.customer_till_key"), self.assertRaises(AccessError):
            pairing._redeem(code, "10.0.0.1")
        with mute_logger(f"{GUARDS}.till.customer_till_key"), self.assertRaises(AccessError):
            self.till._give_key()
        self.assertEqual(keys.search_count([]), before)

    def test_tills_of_before_are_disarmed(self):
        """F2: what was set up by such a call ends with the update."""
        admin = self.env.ref("base.user_admin")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_till SET user_id = %s WHERE id = %s", [admin.id, self.till.id]
        )
        self.env.invalidate_all()
        key = (
            self.env["res.users.apikeys"]
            .with_user(admin)
            .sudo()
            ._generate("rpc", self.till.name, None)
        )
        own = self.env["res.users.apikeys"].with_user(admin).sudo()._generate("rpc", "Mine", None)
        with mute_logger("odoo.addons.customer_card.migrations"):
            self._migrate()
        self.assertFalse(self.till.user_id)
        check = self.env["res.users.apikeys"]._check_credentials
        self.assertFalse(check(scope="rpc", key=key))
        self.assertEqual(check(scope="rpc", key=own), admin.id)

    def _migrate(self):
        folder = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0"
        spec = importlib.util.spec_from_file_location("disarm", folder / "post-disarm_tills.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        with mute_logger("disarm"):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
