from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user

TOUR_S = 300  # for a whole tour, on a machine that does other things too
PEPPER = "a pepper for tests that is long enough"


def play_reader(user, till):
    """Let the user of a tour present cards, too: no form and no call makes a person a reader."""
    user.group_ids |= user.env.ref("customer_card.group_bridge")
    user.env.flush_all()
    user.env.cr.execute("UPDATE customer_till SET user_id = %s WHERE id = %s", [user.id, till.id])
    till.invalidate_recordset()


class PatientBrowser(HttpCase):
    """A browser that a busy machine does not fail: see ``static/tests/tours/patience.js``."""

    def browser_js(self, *args, timeout=0, **kwargs):
        return super().browser_js(*args, timeout=max(timeout, TOUR_S), **kwargs)


class CardCase(TransactionCase):
    """A shop with a till, a seller, a customer with a card, and every law checked at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(cls._pepper())
        cls.env["loyalty.program"].search([]).active = False
        cls.seller = new_test_user(cls.env, "card_seller", groups="customer_card.group_user")
        cls.bridge = new_test_user(
            cls.env, "card_bridge", groups="base.group_portal,customer_card.group_bridge"
        )
        # Who writes documents sits in the shop: its day is theirs, also around midnight.
        (cls.env.user | cls.seller | cls.bridge).tz = "Europe/Berlin"
        cls.till = cls.env["customer.till"].create(
            {"name": "Counter 1", "user_id": cls.bridge.id, "write_cards": True}
        )
        cls.berg = cls.env["res.partner"].create({"name": "Karl Berg"})
        cls.card = cls.env["customer.card"].create({"partner_id": cls.berg.id})
        cls.token = cls.env["customer.card.medium"]._new_token()
        cls.env["customer.card.medium"]._assign(cls.card, "token", "chip", cls.token)
        cls.battery = cls._product("Battery 10", 10.0)
        cls.other = cls._product("Cleaning set", 10.0)

    @classmethod
    def _pepper(cls):
        return patch.dict("os.environ", {"CUSTOMER_CARD_PEPPER": PEPPER})

    @classmethod
    def _product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "type": "consu",
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def _counter_program(cls, quantity=72, products=None, **values):
        """A bonus item program that decreases its counter when the card is inserted."""
        lines = [
            Command.create({"product_id": product.id, "quantity": quantity})
            for product in products or cls.battery
        ]
        programs = cls.env["loyalty.program"].with_context(active_test=False)
        earlier = programs.search_count([("name", "=like", "Batteries%"), ("kind", "!=", False)])
        return programs.create(
            {
                "name": f"Batteries {earlier + 1}" if earlier else "Batteries",
                "kind": "bonus_item",
                "insert_action": "decrease",
                "line_ids": lines,
                **values,
            }
        )

    def tearDown(self):
        self.assertLedger()
        super().tearDown()

    def assertLedger(self):  # noqa: N802  (named as unittest names its own)
        """Every law of the ledger holds now: ask after each step, not only at the end."""
        self.assertEqual(self.env["loyalty.card"]._audit_ledger(), [])

    # --- what people do ---------------------------------------------------------------

    def _screen(self, till=None, user=None):
        """The seller's screen is paired with the till; return its secret."""
        tills = self.env["customer.till"].with_user(user or self.seller)
        secret = tills.pair_screen((till or self.till).id)["secret"]
        if not till and not user:
            self.secret = secret
        return secret

    def _own_secret(self, user=None):
        """The secret of the seller's screen, paired once; or of another user's."""
        if user and user != self.seller:
            return self._screen(user=user)
        return getattr(self, "secret", None) or self._screen()

    def _reader(self, media="Chip", name="Reader"):
        """A reader of the till, seen a moment ago."""
        readers = self.env["customer.till.reader"]
        return readers.create(
            {"till_id": self.till.id, "name": name, "state": "ready", "media": media}
        )

    def _present(self, token=None, key="insert-1", **values):
        """The reader reports a card; returns the answer."""
        event = {
            "key": key,
            "kind": "token",
            "value": token or self.token,
            "origin": "insert",
            **values,
        }
        return self.env["customer.till"].with_user(self.bridge).card_presented([event])[0]

    def _reader_writes(self, card):
        """The till's reader was told to write *card*; returns its token and the writing's id."""
        encodings = self.env["customer.card.encoding"]
        return encodings.create({"till_id": self.till.id, "card_id": card.id})._new_try()

    def _claim(self, answer, page="backend"):
        """The seller's screen takes the card event."""
        self.env.flush_all()
        events = self.env["customer.card.event"].with_user(self.seller)
        return events.claim(answer["event_id"], page, self._own_secret())

    def _issue(self, claim, quantity=1, product=None, key="dialog-1"):
        """The seller confirms the dialog."""
        counter = claim["counters"][0]
        return (
            self.env["customer.card.event"]
            .with_user(self.seller)
            .issue(
                claim["event_id"],
                counter["allowance_id"],
                (product or self.battery).id,
                quantity,
                key,
                self._own_secret(),
            )
        )
