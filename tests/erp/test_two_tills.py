"""Real transactions against each other: what two tills do at the same moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import ErpBusy, ErpRefused

TILLS = 8
ROUNDS = 3


def sign_in(odoo, login="admin") -> Erp:
    return connect(ErpSettings(odoo.url, odoo.database, login, "demo", "web"))


class Shop:
    """What the office sets up and what the tills do, over RPC as they do it."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.office = sign_in(odoo)
        key = (odoo.keys / "till.key").read_text().strip()
        self.reader = connect(ErpSettings(odoo.url, odoo.database, "theke1", key, "json2"))
        self.battery = self.office.call(
            "product.product", "search", domain=[("default_code", "=", "B10")]
        )[0]

    def enrol(self, quantity, **program) -> int:
        """Return a new enrolment of a new customer with *quantity* batteries."""
        line = {"product_id": self.battery, "quantity": quantity}
        values = {"name": "Batterien", "kind": "bonus_item", "insert_action": "decrease"}
        program_id = self._create(
            "loyalty.program", {**values, "line_ids": [(0, 0, line)], **program}
        )
        partner = self._create("res.partner", {"name": "Kunde"})
        card = self._create("customer.card", {"partner_id": partner})
        wizard = {"program_id": program_id, "partner_id": partner, "customer_card_id": card}
        self.office.call("loyalty.enrol", "action_enrol", [self._create("loyalty.enrol", wizard)])
        return self.office.call("loyalty.card", "search", domain=[("customer_card_id", "=", card)])[
            0
        ]

    def _create(self, model, values) -> int:
        return self.office.call(model, "create", vals_list=[values])[0]

    def chip(self, enrolment) -> str:
        """Write a chip for the enrolment's card and return its token."""
        number = self.office.call(
            "customer.card",
            "read",
            [self.read(enrolment, "customer_card_id")[0]],
            fields=["number"],
        )[0]["number"]
        job = self.reader.call("customer.card.encoding", "reserve", number=number)
        self.reader.call(
            "customer.card.encoding",
            "confirm",
            encoding_id=job["encoding_id"],
            read_back=job["token"],
        )
        return job["token"]

    def presented(self, enrolment, times) -> list[int]:
        """Return card events that are on that many screens, none confirmed yet."""
        token = self.chip(enrolment)
        seen = [
            {"key": uuid.uuid4().hex, "kind": "token", "value": token, "origin": "insert"}
            for _time in range(times)
        ]
        seller = sign_in(self.odoo, "verkauf")
        till = seller.call("customer.till", "screen_tills")[0]["id"]
        seller.call("customer.till", "pair_screen", till_id=till)
        answers = self.reader.call("customer.till", "card_presented", events=seen)
        for answer in answers:
            assert seller.call(
                "customer.card.event", "claim", event_id=answer["event_id"], page="backend"
            )
        return [answer["event_id"] for answer in answers]

    def read(self, enrolment, field):
        return self.office.call("loyalty.card", "read", [enrolment], fields=[field])[0][field]

    def issue(self, enrolment, event, key) -> str:
        """Confirm one pack as a till does: a busy answer is repeated with the same key."""
        erp = sign_in(self.odoo, "verkauf")
        allowance = self.read(enrolment, "allowance_ids")[0]
        while True:
            try:
                erp.call(
                    "customer.card.event",
                    "issue",
                    event_id=event,
                    allowance_id=allowance,
                    product_id=self.battery,
                    quantity=1,
                    key=key,
                )
                return "issued"
            except ErpBusy:
                continue
            except ErpRefused as refused:
                return refused.name

    def at_once(self, enrolment, events, keys) -> list[str]:
        with ThreadPoolExecutor(TILLS) as tills:
            return list(tills.map(self.issue, [enrolment] * len(events), events, keys))


@pytest.fixture(scope="module")
def shop(odoo):
    return Shop(odoo)


def test_once_per_day_from_many_tills_at_once(shop):
    """AP-37: of eight tills at the same moment one issues, the others are refused by name."""
    for _round in range(ROUNDS):
        enrolment = shop.enrol(72, once_per_day=True)
        events = shop.presented(enrolment, TILLS)
        outcomes = shop.at_once(enrolment, events, [f"till-{number}" for number in range(TILLS)])
        assert outcomes.count("issued") == 1, outcomes
        assert {one for one in outcomes if one != "issued"} == {
            "odoo.addons.customer_card.models.ledger.OncePerDay"
        }
        assert shop.read(enrolment, "points") == 71


def test_the_last_packs_are_given_once(shop):
    """AX-09 AP-25: eight tills, three packs left: three win, nobody overdraws."""
    enrolment = shop.enrol(3)
    events = shop.presented(enrolment, TILLS)
    outcomes = shop.at_once(enrolment, events, [f"till-{number}" for number in range(TILLS)])
    assert outcomes.count("issued") == 3, outcomes
    assert {one for one in outcomes if one != "issued"} == {
        "odoo.addons.customer_card.models.ledger.BalanceTooLow"
    }
    assert shop.read(enrolment, "points") == 0


def test_the_same_confirmation_sent_eight_times_books_once(shop):
    """AP-26: a reply that was lost is asked again with the same key, also in parallel."""
    enrolment = shop.enrol(30)
    event = shop.presented(enrolment, 1)[0]
    outcomes = shop.at_once(enrolment, [event] * TILLS, ["the same key"] * TILLS)
    assert outcomes == ["issued"] * TILLS
    assert shop.read(enrolment, "points") == 29
