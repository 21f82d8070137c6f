import io
import json
import zipfile

from odoo.addons.customer_card.tests.common import CardCase
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCardData(CardCase, HttpCase):
    """BY-07: a person gets all that is stored of him, and nothing of anybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "card_manager",
            groups="customer_card.group_manager,base.group_partner_manager",
            password="card_manager",
        )
        cls.customer = new_test_user(
            cls.env, "card_portal", groups="base.group_portal", password="card_portal"
        )
        cls.person = cls.customer.partner_id
        cls.person.write({"name": "Erika Meier", "email": "erika@example.com"})
        cls.own_card = cls.env["customer.card"].create({"partner_id": cls.person.id})
        cls.own_card.number = "900012345"
        cls.program = cls._counter_program(name="Batteries 72")
        cls.mine = cls.program._enrol(cls.person)
        cls.others = cls.program._enrol(cls.berg)
        for card in (cls.mine, cls.others):
            card._issue(card.allowance_ids, cls.battery, 2, key=f"issue:{card.id}")
        cls.mine.message_post(body="Erika called about her batteries")

    def _rows(self, data, model):
        return next((one["rows"] for one in data["sections"] if one["model"] == model), [])

    def _download(self, login, url):
        self.authenticate(login, login)
        response = self.url_open(url)
        if response.headers["Content-Type"] != "application/zip":
            return response
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        return {name: archive.read(name) for name in archive.namelist()}

    def test_it_holds_cards_programs_entries_and_messages(self):
        data = self.person._card_data()
        self.assertIn("Erika Meier", data["person"].values())
        self.assertEqual(self._rows(data, "customer.card")[0]["number"], "•••• 2345")
        self.assertEqual(self._rows(data, "loyalty.card")[0]["points"], 70)
        entries = self._rows(data, "loyalty.card.entry")
        self.assertEqual(len(entries), len(self.mine.entry_ids))
        booked = self.mine.entry_ids.mapped("delta")
        self.assertEqual({one["delta"] for one in entries}, set(booked))
        self.assertIn("Erika called", json.dumps(self._rows(data, "mail.message")))

    def test_nobody_elses_row_and_no_secret(self):
        """Berg has the same program and his card was presented, too."""
        self._screen()
        self._present()
        token = self._reader_writes(self.own_card)["token"]
        text = json.dumps(self.person._card_data(), ensure_ascii=False)
        for name in ("Berg", self.seller.name, self.card._masked_number()):
            self.assertNotIn(name, text)
        hashes = (self.card.medium_ids | self.own_card.medium_ids).mapped("key_hash")
        self.assertTrue(hashes)
        for secret in (self.mine.code, self.own_card.number, token, *hashes):
            self.assertNotIn(secret, text)

    def test_a_presented_card_is_the_holders(self):
        self._screen()
        self._present()
        rows = self._rows(self.berg._card_data(), "customer.card.event")
        self.assertEqual(len(rows), 1)
        self.assertIn(f"Card {self.card._masked_number()}:", rows[0]["message"])
        self.assertFalse(self._rows(self.person._card_data(), "customer.card.event"))

    def test_every_model_that_names_a_person_is_in_it(self):
        """What a module adds is handed over without a list: each link to a customer is found."""
        named = {model._name for model, people, _links in self.person._card_models() if people}
        self.assertLessEqual(
            {"customer.card", "loyalty.card", "loyalty.card.entry", "customer.card.encoding"}, named
        )

    def test_empty_after_erasure(self):
        self.env["customer.card.erase"].with_user(self.manager).create(
            {"partner_id": self.person.id, "note": "Request of 12 March"}
        ).action_erase()
        self.env.invalidate_all()
        data = self.person._card_data()
        self.assertEqual((data["sections"], data["person"]), ([], {}))

    def test_one_button_for_managers_only(self):
        action = self.person.with_user(self.manager).action_export_card_data()
        with self.assertRaises(AccessError):
            self.person.with_user(self.seller).action_export_card_data()
        files = self._download("card_manager", action["url"])
        self.assertEqual(set(files), {"card-data.json", "card-data.pdf"})
        self.assertIn("Batteries 72", files["card-data.json"].decode())
        self.assertIn("Batteries 72", files["card-data.pdf"].decode())  # HTML while testing
        self.assertIn("handed over", self.person.message_ids[:1].body)
        self.assertEqual(self._download("card_portal", action["url"]).status_code, 404)

    def test_from_the_portal_by_the_customer_himself(self):
        self.authenticate("card_portal", "card_portal")
        self.assertIn("/my/cards/data", self.url_open("/my/cards").text)
        files = self._download("card_portal", "/my/cards/data")
        data = json.loads(files["card-data.json"])
        self.assertIn("Erika Meier", data["person"].values())
        self.assertNotIn("Berg", files["card-data.json"].decode())
