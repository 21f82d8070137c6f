from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestBundles(CardCase):
    """AS-14, I9: partner programs from a data file, and cards that keep the group's number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "manager_b", groups="customer_card.group_manager")
        cls.meier = cls.env["res.partner"].create({"name": "Erika Meier"})

    def _import(self, bundle, user=None):
        wizard = self.env["customer.card.bundle"].with_user(user or self.manager)
        action = wizard.create({"bundle": bundle}).action_import()
        return self.env["customer.card.type"].browse(action["res_id"])

    def _assign(self, number, partner=None):
        wizard = self.env["customer.card.assign"].with_user(self.seller)
        action = wizard.create(
            {"partner_id": (partner or self.meier).id, "number": number}
        ).action_assign()
        return self.env["customer.card"].browse(action["res_id"])

    def test_bundles_make_programs_and_card_types(self):
        """AS-14: two presets; both are there with their programs and prefix."""
        plus = self._import("hearing_service")
        pro = self._import("pro_acoustics")
        self.assertEqual((plus.number_prefix, pro.number_prefix), ("HSP", "PAP"))
        self.assertEqual(plus.program_ids.mapped("kind"), ["bonus_item", "bonus_item", "discount"])
        self.assertEqual(
            sorted(plus.program_ids.line_ids.filtered("quantity").mapped("quantity")), [4, 60]
        )
        self.assertEqual(sorted(pro.program_ids.mapped("kind")), ["discount", "discount", "points"])
        self.assertEqual(sorted(pro.program_ids.line_ids.discount_id.mapped("percent")), [5, 100])
        carried = self.env.ref("customer_card_starter.bundle_pro_acoustics_warranty")
        self.assertTrue(carried.reward_ids.discount == 100 and carried.card_required)

    def test_importing_again_changes_nothing(self):
        """AS-14: what the shop changed stays, nothing is doubled."""
        plus = self._import("hearing_service")
        plus.write({"number_prefix": "HSPX", "name": "Our Plus"})
        programs = self.env["loyalty.program"].search_count([("kind", "!=", False)])
        again = self._import("hearing_service")
        self.assertEqual(again, plus)
        self.assertEqual((plus.number_prefix, plus.name), ("HSPX", "Our Plus"))
        self.assertEqual(
            self.env["loyalty.program"].search_count([("kind", "!=", False)]), programs
        )
        self._import("pro_acoustics")
        categories = self.env["product.category"].search([("name", "=", "Hearing aid batteries")])
        self.assertEqual(len(categories), 1)

    def test_only_managers_import(self):
        with self.assertRaises(AccessError):
            self._import("hearing_service", self.seller)

    def test_partner_number_becomes_a_card(self):
        """AS-14: a typed number with the prefix is assigned, with the programs of its type."""
        plus = self._import("hearing_service")
        card = self._assign("hsp 123-4567")
        self.assertEqual((card.number, card.card_type_id), ("HSP1234567", plus))
        self.assertEqual(card.partner_id, self.meier)
        self.assertEqual(len(card.enrolment_ids), 3)
        self.assertEqual(card.medium_ids.kind, "number")
        self.assertEqual(self._assign("HSP1234567"), card)
        self.assertEqual(len(card.enrolment_ids), 3)

    def test_wrong_prefix_is_refused(self):
        """AS-14: a number of nobody we know is refused with a sentence, and so is another's."""
        self._import("hearing_service")
        for number in ("XYZ1234567", "1234567", "HSP"):
            with self.assertRaisesRegex(UserError, "prefixes: HSP"), self.env.cr.savepoint():
                self._assign(number)
        self._assign("HSP1234567")
        with self.assertRaisesRegex(UserError, "another customer"):
            self._assign("HSP1234567", self.berg)
        with self.assertRaisesRegex(UserError, "begins with HSP"), self.env.cr.savepoint():
            self.env["customer.card"].create(
                {
                    "card_type_id": self.env.ref(
                        "customer_card_starter.bundle_hearing_service_card_type"
                    ).id,
                    "partner_id": self.berg.id,
                    "number": "PAP1",
                }
            )
        self.assertEqual(len(self.berg.customer_card_ids), 1)

    def test_scanned_number_asks_for_its_customer_then_works(self):
        """AS-14: presented before: the screen asks whose it is; afterwards it is that card."""
        self._import("hearing_service")
        unknown = self._present("HSP 555 0001", kind="number")
        self.assertEqual(unknown["status"], "unknown")
        self.assertIn("…0001", unknown["message"])
        self._screen()
        asked = self._present("HSP 555 0001", key="insert-2", kind="number")
        self.assertEqual((asked["status"], asked["action"]), ("pushed", "assign"))
        claim = self._claim(asked)
        self.assertEqual(claim["partner_number"], "HSP5550001")
        card = self._assign(claim["partner_number"])
        known = self._present("hsp-5550001", key="insert-3")
        self.assertEqual((known["status"], known["action"]), ("pushed", "issue"))
        self.assertIn(card.number, known["message"])

    def test_scanned_number_of_nobody_is_refused(self):
        """AS-14: another prefix, or a bare serial number, is an unknown card."""
        self._import("hearing_service")
        self._screen()
        for kind, value in (("number", "ABC5550001"), ("token", "K1.BROKEN"), ("uid", "HSP1234")):
            answer = self._present(value, key=f"{kind}-1", kind=kind)
            self.assertEqual((answer["status"], answer["action"]), ("unknown", ""))
