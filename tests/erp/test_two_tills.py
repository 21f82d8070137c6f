"""Real transactions against each other: what two tills do at the same moment."""

import functools
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import ErpBusy, ErpRefused
from tests.kit.chips import write_chip

TILLS = 8
ROUNDS = 3
MANY_TILLS = 64
USES = 10
MANY_ROUNDS = 5
REFUSED = "odoo.addons.customer_card.exceptions.BalanceTooLow"


def sign_in(odoo, login="admin") -> Erp:
    return connect(ErpSettings(odoo.url, odoo.database, login, "demo", "web", timeout_s=120))


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
        values = {
            "name": f"Batterien {uuid.uuid4().hex[:6]}",
            "kind": "bonus_item",
            "insert_action": "decrease",
        }
        program_id = self.create(
            "loyalty.program", {**values, "line_ids": [(0, 0, line)], **program}
        )
        partner = self.create("res.partner", {"name": "Kunde"})
        card = self.create("customer.card", {"partner_id": partner})
        wizard = {"program_id": program_id, "partner_id": partner, "customer_card_id": card}
        self.office.call("loyalty.enrol", "action_enrol", [self.create("loyalty.enrol", wizard)])
        return self.office.call("loyalty.card", "search", domain=[("customer_card_id", "=", card)])[
            0
        ]

    def create(self, model, values) -> int:
        return self.office.call(model, "create", vals_list=[values])[0]

    def chip(self, enrolment) -> str:
        """Write a chip for the enrolment's card and return its token."""
        card = self.read(enrolment, "customer_card_id")[0]
        return write_chip(self.office, self.reader, card)

    def presented(self, enrolment, times) -> list[int]:
        """Return card events that are on that many screens, none confirmed yet."""
        token = self.chip(enrolment)
        seen = [
            {"key": uuid.uuid4().hex, "kind": "token", "value": token, "origin": "insert"}
            for _time in range(times)
        ]
        seller, secret = self.screen
        answers = self.reader.call("customer.till", "card_presented", events=seen)
        for answer in answers:
            asked = {"event_id": answer["event_id"], "page": "backend", "screen": secret}
            assert seller.call("customer.card.event", "claim", **asked)
        return [answer["event_id"] for answer in answers]

    def sums(self, enrolment) -> tuple[float, float]:
        """Return how many were issued by the history, and the sum of its changes."""
        entries = self.office.call(
            "loyalty.card.entry",
            "search_read",
            domain=[("card_id", "=", enrolment)],
            fields=["quantity", "delta"],
        )
        return sum(one["quantity"] for one in entries), sum(one["delta"] for one in entries)

    def read(self, enrolment, field):
        return self.office.call("loyalty.card", "read", [enrolment], fields=[field])[0][field]

    @functools.cached_property
    def screen(self) -> tuple[Erp, str]:
        """A seller's paired screen, and its secret."""
        seller = sign_in(self.odoo, "verkauf")
        till = seller.call("customer.till", "screen_tills")[0]["id"]
        return seller, seller.call("customer.till", "pair_screen", till_id=till)["secret"]

    @functools.cached_property
    def tills(self) -> list[Erp]:
        """The screens of many tills, signed in."""
        return [sign_in(self.odoo, "verkauf") for _till in range(MANY_TILLS)]

    def issue(self, allowance, event, key) -> str:
        """Confirm one pack as a till does: a busy answer is repeated with the same key."""
        seller, secret = self.screen
        while True:
            try:
                seller.call(
                    "customer.card.event",
                    "issue",
                    event_id=event,
                    allowance_id=allowance,
                    product_id=self.battery,
                    quantity=1,
                    key=key,
                    screen=secret,
                )
                return "issued"
            except ErpBusy:
                continue
            except ErpRefused as refused:
                return refused.name

    def at_once(self, enrolment, events, keys) -> list[str]:
        """Let each event be confirmed, all at the same moment."""
        allowance = self.read(enrolment, "allowance_ids")[0]
        with ThreadPoolExecutor(len(events)) as threads:
            return list(threads.map(self.issue, [allowance] * len(events), events, keys))


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
            "odoo.addons.customer_card.exceptions.OncePerDay"
        }
        assert shop.read(enrolment, "points") == 71


def test_the_last_packs_are_given_once(shop):
    """AX-09 AP-25: eight tills, three packs left: three win, nobody overdraws."""
    enrolment = shop.enrol(3)
    events = shop.presented(enrolment, TILLS)
    outcomes = shop.at_once(enrolment, events, [f"till-{number}" for number in range(TILLS)])
    assert outcomes.count("issued") == 3, outcomes
    assert {one for one in outcomes if one != "issued"} == {REFUSED}
    assert shop.read(enrolment, "points") == 0


def test_sixty_four_tills_on_ten_uses(shop):
    """AX-09 AS-12: exactly 10 of 64 win, round after round; the others read "refused" or "busy"."""
    for _round in range(MANY_ROUNDS):
        enrolment = shop.enrol(USES)
        events = shop.presented(enrolment, MANY_TILLS)
        outcomes = shop.at_once(enrolment, events, [f"till-{n}" for n in range(MANY_TILLS)])
        assert outcomes.count("issued") == USES, outcomes
        assert {one for one in outcomes if one != "issued"} == {REFUSED}
        assert shop.read(enrolment, "points") == 0
        assert shop.sums(enrolment) == (USES, 0)


def test_the_same_confirmation_sent_sixteen_times_books_once(shop):
    """AP-26: a reply that was lost is asked again with the same key, also in parallel."""
    enrolment = shop.enrol(30)
    event = shop.presented(enrolment, 1)[0]
    outcomes = shop.at_once(enrolment, [event] * 16, ["the same key"] * 16)
    assert outcomes == ["issued"] * 16
    assert shop.read(enrolment, "points") == 29


def test_the_same_program_given_at_once_is_one_account(shop):
    """AX-18 AP-45: eight people give one customer the same credit: one account, nothing lost."""
    values = {"name": f"Guthaben {uuid.uuid4().hex[:6]}", "kind": "stored_value"}
    program = shop.create("loyalty.program", values)
    partner = shop.create("res.partner", {"name": "Kunde"})
    wizards = [
        shop.create(
            "loyalty.enrol", {"program_id": program, "partner_id": partner, "amount": 5 + number}
        )
        for number in range(TILLS)
    ]
    sessions = [sign_in(shop.odoo) for _one in wizards]

    def give(erp, wizard):
        while True:
            try:
                return erp.call("loyalty.enrol", "action_enrol", [wizard])
            except ErpBusy:
                continue

    with ThreadPoolExecutor(TILLS) as threads:
        list(threads.map(give, sessions, wizards))
    (account,) = shop.office.call(
        "loyalty.card", "search", domain=[("program_id", "=", program), ("is_enrolment", "=", True)]
    )
    assert shop.read(account, "points") == sum(range(5, 5 + TILLS))


def test_the_last_points_at_many_tills(shop):
    """TM-33, law 6: 500 points, redeemed from 500 on: of eight tills at once one gets them."""
    terms = {"collects_points": True, "welcome_points": 500, "redeem_from": 500}
    card_type = shop.create(
        "customer.card.type", {"name": f"Treue {uuid.uuid4().hex[:6]}", **terms}
    )
    for _round in range(ROUNDS):
        partner = shop.create("res.partner", {"name": "Kundin"})
        card = shop.create("customer.card", {"partner_id": partner, "card_type_id": card_type})
        of_card = [("customer_card_id", "=", card)]
        (account,) = shop.office.call("loyalty.card", "search", domain=of_card)
        assert shop.read(account, "points") == 500
        spends = [{"card_id": account, "points": 500}]

        def pay(till, values):
            return till.call(
                "pos.order", "prepare_card_payment", uuid=str(uuid.uuid4()), values=values
            )

        values = [{"partner_id": partner, "spends": spends}] * TILLS
        with ThreadPoolExecutor(TILLS) as threads:
            answers = list(threads.map(pay, shop.tills[:TILLS], values))
        assert [one["held"] for one in answers].count(True) == 1, answers
        assert all(one["refusal"].endswith(".") for one in answers if not one["held"]), answers
        assert shop.read(account, "held") == 500


def test_one_voucher_at_many_tills(shop):
    """AP-21 AX-17, law 6: of eight tills that go to payment with one voucher one may spend it."""
    values = {"name": f"Gutschein {uuid.uuid4().hex[:6]}", "kind": "voucher"}
    program = shop.create("loyalty.program", values)
    for _round in range(ROUNDS):
        wizard = shop.create("loyalty.enrol", {"program_id": program, "amount": 50})
        shop.office.call("loyalty.enrol", "action_enrol", [wizard])
        (voucher,) = shop.office.call(
            "loyalty.card",
            "search",
            domain=[("program_id", "=", program)],
            order="id desc",
            limit=1,
        )
        shown = shop.office.call("loyalty.card", "action_show_code", [voucher])
        spend = {"card_id": voucher, "points": 50, "code": shown["params"]["message"]}

        def pay(till, spend=spend):
            answer = till.call(
                "pos.order",
                "prepare_card_payment",
                uuid=str(uuid.uuid4()),
                values={"spends": [spend]},
            )
            return answer["held"]

        with ThreadPoolExecutor(TILLS) as threads:
            held = list(threads.map(pay, shop.tills[:TILLS]))
        assert held.count(True) == 1, held
        assert shop.read(voucher, "held") == 50
