"""The shop's database, asked over RPC, and the bridge's log: what stands behind the screens."""

from connector.erp import Erp, ErpSettings, connect
from dev.parts import TILL_KEY, TILL_LOGIN
from tests.kit.chips import write_chip
from tests.kit.pages.screen import eventually
from tests.kit.virtual_card import blank, save


class Shop:
    """What stands in the database, asked over RPC as the administrator."""

    def __init__(self, chain) -> None:
        self.chain = chain
        self.odoo = chain.odoo
        self.erp: Erp = connect(
            ErpSettings(
                url=self.odoo.url,
                database=self.odoo.database,
                login="admin",
                secret="demo",
                transport="web",
            )
        )

    def call(self, model: str, method: str, ids=None, /, **arguments):
        """Call a method in the database."""
        return self.erp.call(model, method, ids, **arguments)

    def find(self, model: str, *domain, fields=("id",), **options) -> list[dict]:
        """Return the rows that match."""
        return self.call(
            model, "search_read", domain=list(domain), fields=list(fields), load=None, **options
        )

    def one(self, model: str, *domain, fields=("id",)) -> dict:
        """Return the one row that matches."""
        (row,) = self.find(model, *domain, fields=fields)
        return row

    def customer(self, name: str) -> int:
        """Return the id of a customer."""
        return self.one("res.partner", ("name", "=", name))["id"]

    def article(self, name: str) -> int:
        """Return the id of an article."""
        return self.one("product.product", ("name", "=", name))["id"]

    def on_hand(self, name: str) -> float:
        """Return the stock of an article."""
        product = self.call(
            "product.product", "read", [self.article(name)], fields=["qty_available"]
        )
        return product[0]["qty_available"]

    def enrolment(self, customer: str, program: str) -> dict:
        """Return a customer's enrolment in a program."""
        return self.one(
            "loyalty.card",
            ("partner_id", "=", self.customer(customer)),
            ("program_id.name", "=", program),
            fields=("points", "expiration_date", "blocked", "customer_card_id"),
        )

    def history(self, enrolment: int) -> list[dict]:
        """Return the entries of an enrolment, the latest first, and check that they add up."""
        wanted = ["points", "entry_ids"]
        (card,) = self.call("loyalty.card", "read", [enrolment], fields=wanted)
        entries = self.find(
            "loyalty.card.entry",
            ("id", "in", card["entry_ids"]),
            fields=(
                *("date", "reason", "delta", "balance", "quantity", "remaining", "key"),
                *("product_id", "user_id", "till_id", "customer_card_id", "origin_name"),
            ),
        )
        assert abs(card["points"] - sum(entry["delta"] for entry in entries)) < 1e-6
        return entries

    def card(self, customer: str) -> dict:
        """Return a customer's card."""
        return self.one(
            "customer.card",
            ("partner_id", "=", self.customer(customer)),
            fields=("number", "state", "medium_ids"),
        )

    def events(self, *domain) -> list[dict]:
        """Return the presented cards, the latest first."""
        fields = ("status", "state", "action", "message", "key")
        return self.find("customer.card.event", *domain, fields=fields)

    def bridge_says(self, text: str, since: int = 0) -> str:
        """Wait for a line in the bridge's log and return it."""

        def line() -> str:
            lines = self.chain.log(self.chain.bridge)[since:].splitlines()
            return next((line for line in reversed(lines) if text in line), "")

        return eventually(line, f"{text!r} in the log of the bridge")

    def bridge_log_size(self) -> int:
        """Return where the bridge's log ends now."""
        return len(self.chain.log(self.chain.bridge))

    def new_customer(self, name: str, program: str) -> dict:
        """Make a customer with a program and a chip card, which the chain knows by that name."""
        (partner,) = self.call("res.partner", "create", vals_list=[{"name": name}])
        (card_id,) = self.call("customer.card", "create", vals_list=[{"partner_id": partner}])
        wanted = {
            "program_id": self.one("loyalty.program", ("name", "=", program))["id"],
            "partner_id": partner,
        }
        (wizard,) = self.call("loyalty.enrol", "create", vals_list=[wanted])
        self.call("loyalty.enrol", "action_enrol", [wizard])
        (card,) = self.call("customer.card", "read", [card_id], fields=["number"])
        self.chain.cards.images.mkdir(parents=True, exist_ok=True)
        image = blank("chip", token=self._encode(card_id))
        save(self.chain.cards.images / f"{name}.json", image)
        return card

    def new_counter(self, name: str, quantity: int) -> str:
        """Make a program with that many free batteries, more than once a day."""
        line = {"product_id": self.article("Batterie 10"), "quantity": quantity}
        values = {"name": name, "kind": "bonus_item", "insert_action": "decrease"}
        lines = [(0, 0, line)]
        self.call("loyalty.program", "create", vals_list=[{**values, "line_ids": lines}])
        return name

    def _encode(self, card: int) -> str:
        till = connect(
            ErpSettings(
                url=self.odoo.url,
                database=self.odoo.database,
                login=TILL_LOGIN,
                secret=(self.odoo.keys / TILL_KEY).read_text().strip(),
            )
        )
        return write_chip(self.erp, till, card)
