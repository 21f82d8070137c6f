"""What a dishonest seller, cashier or reader tries over RPC and in SQL: all of it is refused."""

import contextlib
import uuid

import psycopg2
import pytest

from connector.erp import Erp, ErpSettings, connect
from connector.exceptions import ErpRefused
from dev.parts import TILL_KEY, TILL_LOGIN
from dev.postgres import ROLE

REFUSALS = (ErpRefused,)


def sign_in(odoo, login) -> Erp:
    return connect(ErpSettings(odoo.url, odoo.database, login, "demo", "web"))


class Victims:
    """Balances worth stealing: credit, batteries, points and a native gift card."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.office = sign_in(odoo, "admin")
        self.seller = sign_in(odoo, "verkauf")
        self.me = self.create("res.partner", {"name": "Komplize"})
        owner = self.create("res.partner", {"name": "Opfer"})
        tag = uuid.uuid4().hex[:6]
        credit = self.create("loyalty.program", {"name": f"Guthaben {tag}", "kind": "stored_value"})
        wizard = self.create(
            "loyalty.enrol", {"program_id": credit, "partner_id": owner, "amount": 50}
        )
        self.office.call("loyalty.enrol", "action_enrol", [wizard])
        self.credit = self.one("loyalty.card", [("program_id", "=", credit)])
        self.entry = self.one("loyalty.card.entry", [("card_id", "=", self.credit)])
        self.program = credit
        self.till = self.one("customer.till", [])
        self.card = self.one("customer.card", [])
        self.discount = self.one("loyalty.program", [("kind", "=", "discount")])
        self.reward = self.one("loyalty.reward", [("program_id", "=", self.discount)])
        self.native = self.create("loyalty.program", self._native_gift_program(tag))
        self.gift = self.create("loyalty.card", {"program_id": self.native, "points": 50})

    def _native_gift_program(self, tag):
        reward = {
            "reward_type": "discount",
            "discount_mode": "per_point",
            "discount": 1,
            "discount_applicability": "order",
            "required_points": 1,
        }
        return {
            "name": f"Geschenkkarte {tag}",
            "program_type": "gift_card",
            "applies_on": "future",
            "trigger": "auto",
            "rule_ids": [(0, 0, {"reward_point_amount": 1, "reward_point_mode": "money"})],
            "reward_ids": [(0, 0, reward)],
        }

    def create(self, model, values) -> int:
        return self.office.call(model, "create", vals_list=[values])[0]

    def one(self, model, domain) -> int:
        return self.office.call(model, "search", domain=domain, limit=1)[0]

    def balances(self):
        """Return everything an attack might move."""
        fields = ["points", "held", "paid", "bonus", "partner_id", "expiration_date", "entry_seq"]
        return self.office.call("loyalty.card", "read", [self.credit, self.gift], fields=fields)


@pytest.fixture(scope="module")
def victims(odoo):
    return Victims(odoo)


def writes(victims):
    """Direct writes: (what, model, method, ids, arguments)."""
    credit, gift = victims.credit, victims.gift
    for card in (credit, gift):
        for values in (
            {"points": 1000},
            {"held": 7},
            {"paid": 1000},
            {"partner_id": victims.me},
            {"expiration_date": "2099-01-01"},
            {"code": "MINE"},
            {"active": False},
            {"program_id": victims.native if card == credit else victims.program},
        ):
            yield f"card {values}", "loyalty.card", "write", [card], {"vals": values}
    yield "delete a card", "loyalty.card", "unlink", [credit], {}
    yield (
        "make a gift card",
        "loyalty.card",
        "create",
        None,
        {"vals_list": [{"program_id": victims.native, "points": 1000}]},
    )
    yield (
        "make an enrolment",
        "loyalty.card",
        "create",
        None,
        {"vals_list": [{"program_id": victims.discount, "is_enrolment": True}]},
    )
    for model, values in (
        ("loyalty.card.entry", {"card_id": credit, "sequence": 9, "reason": "grant", "key": "x"}),
        ("loyalty.card.hold", {"card_id": credit, "kind": "pos", "amount": 1, "key": "x"}),
        ("loyalty.card.grant", {"card_id": credit, "key": "x"}),
        ("loyalty.card.allowance", {"card_id": credit, "program_line_id": 1, "quantity": 99}),
        ("loyalty.program", {"name": "Meins", "kind": "points"}),
        ("loyalty.program.line", {"program_id": victims.discount, "quantity": 99}),
        ("loyalty.discount", {"name": "Meins", "percent": 100}),
        ("customer.till", {"name": "Meine"}),
        ("customer.card.event", {"key": "x", "till_id": victims.till}),
        ("customer.card.medium", {"card_id": victims.card, "kind": "uid"}),
        ("customer.card.outbox", {"stream": "sale", "model": "x", "res_id": 1, "event": "x"}),
        ("loyalty.program.new", {"name": "Meins"}),
    ):
        yield f"create {model}", model, "create", None, {"vals_list": [values]}
    for model, record, values in (
        ("loyalty.card.entry", victims.entry, {"delta": 1000}),
        ("loyalty.program", victims.program, {"preset_amount": 1000}),
        ("loyalty.program", victims.discount, {"card_required": False}),
        ("loyalty.reward", victims.reward, {"discount": 100}),
        ("customer.till", victims.till, {"user_id": 2}),
    ):
        yield f"write {model}", model, "write", [record], {"vals": values}
    yield "delete an entry", "loyalty.card.entry", "unlink", [victims.entry], {}


def calls(victims):
    """Methods that are not for sellers."""
    for model, method, ids in (
        ("loyalty.card", "_post", [victims.credit]),
        ("loyalty.card", "_reserve", [victims.credit]),
        ("loyalty.card", "_create_enrolment", None),
        ("loyalty.card.grant", "_settle", None),
        ("loyalty.program", "_grant", [victims.program]),
        ("loyalty.program", "_enrol", [victims.program]),
        ("customer.card.medium", "_assign", None),
    ):
        yield f"private {method}", model, method, ids, {}
    yield "worker's queue", "customer.card.outbox", "pull", None, {"streams": ["sale"]}
    yield "worker's booking", "customer.card.outbox", "settle_sales", [], {"documents": []}
    event = {"key": "forged", "kind": "uid", "value": "00", "origin": "insert"}
    yield "a card nobody presented", "customer.till", "card_presented", None, {"events": [event]}
    yield "a new till key", "customer.till", "action_new_key", [victims.till], {}
    yield "taking issues back", "loyalty.card", "action_reverse_last_issue", [victims.credit], {}
    yield (
        "an issue without a card",
        "customer.card.event",
        "issue",
        None,
        {"event_id": 1, "allowance_id": 1, "product_id": 1, "quantity": 1, "key": "x"},
    )


def test_nobody_writes_balances_and_programs(victims):
    """Law 8, AP-01: every direct write and every inner method is refused; nothing moved."""
    before = victims.balances()
    got_through = []
    for what, model, method, ids, arguments in (*writes(victims), *calls(victims)):
        with contextlib.suppress(*REFUSALS):
            victims.seller.call(model, method, ids, **arguments)
            got_through.append(what)
    assert got_through == []
    assert victims.balances() == before


def test_native_wizards_are_for_managers(victims):
    """Law 8: Odoo's own balance and generate windows book nothing for a salesman."""
    before = victims.balances()
    for values in ({"card_id": victims.gift, "new_balance": 1000, "description": "x"},):
        wizard = victims.seller.call("loyalty.card.update.balance", "create", vals_list=[values])
        with pytest.raises(ErpRefused):
            victims.seller.call("loyalty.card.update.balance", "action_update_card_point", wizard)
    values = {
        "program_id": victims.native,
        "mode": "anonymous",
        "coupon_qty": 5,
        "points_granted": 1000,
    }
    wizard = victims.seller.call("loyalty.generate.wizard", "create", vals_list=[values])
    with pytest.raises(ErpRefused):
        victims.seller.call("loyalty.generate.wizard", "generate_coupons", wizard)
    assert victims.balances() == before


def test_credit_is_not_given_away(victims):
    """AP-20: a seller may assign programs, but not credit without a sale."""
    values = {"program_id": victims.program, "partner_id": victims.me, "amount": 1000}
    wizard = victims.seller.call("loyalty.enrol", "create", vals_list=[values])
    with pytest.raises(ErpRefused, match="credit|Guthaben"):
        victims.seller.call("loyalty.enrol", "action_enrol", wizard)


def test_another_companys_cards_are_not_there(victims):
    """Law 8: cards, balances and histories of another company are not to be seen or used."""
    company = victims.create("res.company", {"name": f"Andere {uuid.uuid4().hex[:6]}"})
    admin = victims.one("res.users", [("login", "=", "admin")])
    victims.office.call("res.users", "write", [admin], vals={"company_ids": [(4, company)]})
    office = sign_in(victims.odoo, "admin")
    context = {"allowed_company_ids": [company]}
    program = office.call(
        "loyalty.program",
        "create",
        vals_list=[{"name": "Fremd", "kind": "stored_value", "company_id": company}],
        context=context,
    )[0]
    partner = victims.create("res.partner", {"name": "Fremder Kunde", "company_id": company})
    wizard = office.call(
        "loyalty.enrol",
        "create",
        vals_list=[{"program_id": program, "partner_id": partner, "amount": 50}],
        context=context,
    )
    office.call("loyalty.enrol", "action_enrol", wizard, context=context)
    domain = [("program_id", "=", program)]
    for model, found in (
        ("loyalty.program", [("id", "=", program)]),
        ("loyalty.card", domain),
        ("loyalty.card.entry", [("card_id.program_id", "=", program)]),
        ("loyalty.card.grant", domain),
    ):
        assert office.call(model, "search_count", domain=found, context=context), model
        with contextlib.suppress(ErpRefused):
            assert not victims.seller.call(model, "search_count", domain=found), model


def test_a_reader_does_one_thing(victims):
    """Law 8: a stolen reader key presents cards at its own till and reads nothing."""
    key = (victims.odoo.keys / TILL_KEY).read_text().strip()
    thief = connect(ErpSettings(victims.odoo.url, victims.odoo.database, TILL_LOGIN, key, "json2"))
    reader = victims.one("res.users", [("login", "=", TILL_LOGIN)])
    (user,) = victims.office.call("res.users", "read", [reader], fields=["partner_id"])
    for model in (
        *("res.partner", "loyalty.card", "loyalty.card.entry", "customer.card"),
        *("customer.card.medium", "customer.card.event", "sale.order", "pos.order"),
    ):
        seen = []
        with contextlib.suppress(ErpRefused):
            seen = thief.call(model, "search_read", domain=[], fields=["id"])
        # Any portal user sees the contact that is itself.
        assert [row["id"] for row in seen] in ([], [user["partner_id"][0]]), model


def test_sql_of_the_application_cannot_change_the_past(victims):
    """Law 3: UPDATE, DELETE and TRUNCATE on entries fail for the role Odoo itself uses."""
    cluster = victims.odoo.cluster
    where = {"host": cluster.host, "user": ROLE, "dbname": victims.odoo.database}
    with contextlib.closing(psycopg2.connect(**where)) as database:
        for statement in (
            "UPDATE loyalty_card_entry SET delta = 1000",
            "DELETE FROM loyalty_card_entry",
            "TRUNCATE loyalty_card_entry CASCADE",
        ):
            with database.cursor() as cursor, pytest.raises(psycopg2.errors.RaiseException):
                cursor.execute(statement)
            database.rollback()
