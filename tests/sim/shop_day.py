"""One shop day: what sellers, customers, a clumsy network and a thief do, drawn from a seed."""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import psycopg2

from odoo.addons.customer_card.exceptions import CardNotUsable, KeyReused
from odoo.addons.customer_card_pos.tests.common import PaidOrders
from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import new_test_user
from odoo.tools import config

from .laws import LawBroken, Laws
from .reference import Credit

PRESET, PAID = Decimal(115), Decimal(100)


class Killed(Exception):
    """The backend was killed before it could commit."""


class Shop(PaidOrders):
    """The shop, its articles, programs and cashier: made once, every day leaves it as it was."""

    @classmethod
    def open(cls, env) -> None:
        """Build the shop in the transaction of *env*."""
        cls.env = env
        config["test_enable"] = True  # OdooBot may open a point of sale in tests only
        cls.set_up_shop()
        groups = "point_of_sale.group_pos_user"
        cls.cashier = new_test_user(env, "sim_cashier", groups=groups)
        cls.orders = cls.orders.with_user(cls.cashier)
        cls.money = cls.new_sold_program(
            "stored_value", "Credit", PAID, preset_amount=float(PRESET)
        )
        cls.daily = cls.new_battery_program("Daily", once_per_day=True)


class ShopDay(Shop):
    """A seeded day of *steps* steps."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.history: list[str] = []
        self.laws = Laws(self.env)
        names = ("Ada", "Bert", "Cleo")
        self.people = self.env["res.partner"].create([{"name": name} for name in names])
        accounts = [self.money._enrol(one, amount=50, paid=50) for one in self.people]
        self.credits = {one: Credit(paid=Decimal(50)) for one in accounts}
        self.counters = self.env["loyalty.card"].union(
            *[self.daily._enrol(one) for one in self.people]
        )
        self.open_orders: dict[str, tuple] = {}
        self.paid: dict[str, tuple] = {}
        self.sent: list = []
        self.ask()

    def run(self, steps: int) -> None:
        """Do *steps* steps, then let everything settle.

        :raises LawBroken: with :attr:`history` telling how it came to it
        """
        doings = [
            *[self.reserves] * 4,
            *[self.pays] * 4,
            *[self.issues] * 3,
            *(self.tops_up, self.takes_issue_back, self.gives_up, self.refunds, self.waits),
            *(self.blocks, self.sends_again, self.other_content, self.cheats, self.vandal),
        ]
        for _number in range(steps):
            self.random.choice(doings)()
            self.ask()
        self.settles()

    def ask(self) -> None:
        """Ask the laws about everything of this day."""
        cards = self.counters | self.env["loyalty.card"].union(*self.credits)
        self.laws.ask(cards, self.credits)

    def settles(self) -> None:
        """No faults any more: what is open runs out, and nothing stays reserved for ever."""
        self.history.append("everything settles")
        self._run_out()
        self.ask()
        for account in self.credits:
            account.invalidate_recordset(["held"])
            if account.held:
                raise LawBroken("LIVE", f"{account.held} stay reserved")

    # --- the network ------------------------------------------------------------------

    def _uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _call(self, what: str, call):
        """Do *call* as a clumsy network does: killed before the commit, or its answer lost."""
        fault = self.random.choices(("", "killed", "lost"), (8, 1, 2))[0]
        self.history.append(f"{what}{', ' + fault if fault else ''}")
        if fault == "killed":
            try:
                with self.env.cr.savepoint():
                    call()
                    self.env.flush_all()
                    raise Killed
            except Killed:
                self.env.invalidate_all()
        answer = call()
        if fault == "lost":
            self._again(call)
        return answer

    def _again(self, call) -> None:
        before = self.laws.count()
        try:
            call()
        except UserError as refusal:
            raise LawBroken("ONCE", f"the same call was refused: {refusal}") from None
        if self.laws.count() != before:
            raise LawBroken("ONCE", "the same call was booked twice")

    def _account(self):
        return self.random.choice(list(self.credits))

    def _amount(self, account) -> Decimal:
        free = account._free()
        whole = self.random.random() < 0.3 and free > 0
        return free if whole else Decimal(self.random.randint(1, 9000)) / 100

    # --- steps ------------------------------------------------------------------------

    def tops_up(self) -> None:
        """A customer pays 100.00 and gets 115.00."""
        account = self._account()
        values = self.order_values(
            self.sold(self.money.sale_product_id), partner=account.partner_id, uuid=self._uuid()
        )
        usable = account.state == "active"
        self._call(f"{account.partner_id.name} tops up", lambda: self.orders.sync_from_ui([values]))
        self.sent.append(lambda: self.orders.sync_from_ui([values]))
        if usable:
            self.credits[account].top_up(PAID, PRESET)
        else:
            self._learn_new_account(account)

    def _learn_new_account(self, old) -> None:
        """A blocked account is not topped up: the customer gets another one, or it is refused."""
        for card in self.enrolments(self.money, old.partner_id) - self.env["loyalty.card"].union(
            *self.credits
        ):
            self.credits[card] = Credit(paid=PAID, bonus=PRESET - PAID)
        old.invalidate_recordset()
        if Decimal(str(old.points)) == self.credits[old].total + PRESET:
            self.credits[old].top_up(PAID, PRESET)

    def reserves(self) -> None:
        """A till goes to the payment of an order that spends credit."""
        account, uuid = self._account(), self._uuid()
        amount = self._amount(account)
        partner = account.partner_id
        is_his = self.random.random() < 0.9
        asker = partner if is_his else self.random.choice(self.people - partner)
        free = account._free()
        usable = account.state == "active"
        answer = self._call(
            f"{asker.name} reserves {amount} of {partner.name}'s",
            lambda: self.prepare(uuid, (account, float(amount)), partner=asker),
        )
        granted = not answer["refusal"]
        if granted and (not is_his or not usable or amount > free):
            raise LawBroken("GATE", f"reserved {amount} of {free}, usable {usable}, his {is_his}")
        if granted:
            self.open_orders[uuid] = (account, amount)

    def pays(self) -> None:
        """An open order is paid, once in a while for more than it has reserved."""
        if not self.open_orders:
            return
        uuid = self.random.choice(list(self.open_orders))
        account, amount = self.open_orders.pop(uuid)
        account.invalidate_recordset()
        reserved = any(one.state == "open" for one in self._holds(uuid))
        free = account._free()
        usable = account.state == "active"
        wanted = amount + (Decimal(10) if self.random.random() < 0.2 else 0)
        values = self._order(uuid, account, wanted)
        self._call(f"pays with {wanted}", lambda: self.orders.sync_from_ui([values]))
        self.sent.append(lambda: self.orders.sync_from_ui([values]))
        if usable and (reserved or free >= amount):
            self.credits[account].spend(uuid, amount)
            self.paid[uuid] = (account, wanted)

    def _holds(self, uuid):
        return self.env["loyalty.card.hold"].search([("key", "=like", f"pos.order:{uuid}:%")])

    def _order(self, uuid, account, amount):
        lines = (
            self.sold(self.case, price=float(amount) + 5),
            self.redeemed(account, float(amount)),
        )
        return self.order_values(*lines, partner=account.partner_id, uuid=uuid)

    def gives_up(self) -> None:
        """A till drops an open order."""
        if self.open_orders:
            uuid = self.random.choice(list(self.open_orders))
            del self.open_orders[uuid]
            self._call("drops its order", lambda: self.orders.release_card_payment(uuid))

    def waits(self) -> None:
        """A quarter of an hour goes by: reservations run out, the orders stay on the tills."""
        if self.random.random() < 0.3:
            self.history.append("15 minutes go by")
            self._run_out()

    def _run_out(self) -> None:
        accounts = self.env["loyalty.card"].union(*self.credits)
        holds = accounts.hold_ids.filtered(lambda one: one.state == "open")
        holds.expires_at = Datetime.now() - timedelta(minutes=1)
        accounts._cron_release_holds()

    def refunds(self) -> None:
        """An order is refunded whole; what it took comes back, once."""
        if not self.paid:
            return
        uuid = self.random.choice(list(self.paid))
        account, wanted = self.paid.pop(uuid)
        goods, spent = self.env["pos.order"].search([("uuid", "=", uuid)]).lines
        lines = self.refund(goods), self.refund(spent, price=-float(wanted))
        values = self.order_values(*lines, partner=account.partner_id, uuid=self._uuid())
        self._call("brings it back", lambda: self.orders.sync_from_ui([values]))
        self.credits[account].give_back(uuid)

    def issues(self) -> None:
        """A battery is issued from a counter that may be used once a day."""
        counter = self.random.choice(self.counters)
        key, quantity = f"sim:{self._uuid()}", self.random.randint(1, 4)

        def issue():
            return counter._issue(counter.allowance_ids, self.battery_10, quantity, key=key)

        used = bool(counter._used_day(counter._today(counter.company_id)))
        usable = counter.state == "active"
        try:
            self._call(f"{counter.partner_id.name} gets {quantity}", issue)
        except UserError:
            if usable and not used and counter.allowance_ids.remaining >= quantity:
                raise LawBroken("GATE", "an issue was refused that should be given") from None
            return
        if used or not usable:
            raise LawBroken("GATE", f"issued though used {used}, usable {usable}")
        self.sent.append(issue)

    def takes_issue_back(self) -> None:
        """Some or all of an issue comes back; then the day is free again."""
        entries = self.counters.entry_ids.filtered(lambda one: one.reason == "issue")
        if not entries:
            return
        entry = self.random.choice(entries.sorted("id"))
        key, quantity = f"sim:{self._uuid()}", self.random.randint(1, 4)
        counter = entry.card_id
        left = entry._not_returned()
        try:
            self._call(
                f"{quantity} of an issue come back",
                lambda: counter._reverse_issue(entry, key=key, quantity=quantity),
            )
        except CardNotUsable:
            if left > 0:
                raise LawBroken("GATE", "a return was refused") from None
            return
        day = counter._used_day(counter._today(counter.company_id))
        if quantity >= left and day.entry_id == entry.id:
            raise LawBroken("DAY", "everything came back and the day is still used")

    def blocks(self) -> None:
        """A manager blocks an account or counter, or lets it go on."""
        card = self.random.choice([*self.credits, *self.counters])
        card.blocked = not card.blocked
        self.history.append(f"{card.partner_id.name}'s card is blocked: {card.blocked}")

    def sends_again(self) -> None:
        """Something that was booked arrives a second time, late."""
        if self.sent:
            self.history.append("an old call arrives again")
            self._again(self.random.choice(self.sent))

    def other_content(self) -> None:
        """A key that was used comes with another quantity."""
        entries = self.counters.entry_ids.filtered(lambda one: one.reason == "issue")
        if not entries:
            return
        entry = self.random.choice(entries.sorted("id"))
        self.history.append("an old key comes with another quantity")
        try:
            entry.card_id._issue(
                entry.allowance_id, self.battery_10, entry.quantity + 1, key=entry.key
            )
        except KeyReused:
            return
        except UserError as refusal:
            raise LawBroken("ONCE", f"the key was not looked up: {refusal}") from None
        raise LawBroken("ONCE", "a key stood for two bookings")

    def cheats(self) -> None:
        """A cashier spends what was never reserved, sells credit for nothing, or writes points."""
        account = self._account()
        partner = account.partner_id
        trick = self.random.choice(("unreserved", "free", "write"))
        self.history.append(f"a cashier cheats: {trick}")
        if trick == "write":
            try:
                with self.env.cr.savepoint():
                    account.with_user(self.cashier).write({"points": 9999})
                    self.env.flush_all()
            except (AccessError, UserError):
                self.env.invalidate_all()
                return
            raise LawBroken("RIGHT", "a cashier wrote a balance")
        if trick == "free":
            line = self.sold(self.money.sale_product_id, price=0)
            values = self.order_values(line, partner=partner, uuid=self._uuid())
        else:
            stranger = self.random.choice(self.people - partner)
            values = self._order(self._uuid(), account, Decimal(1)) | {"partner_id": stranger.id}
        self.orders.sync_from_ui([values])

    def vandal(self) -> None:
        """Somebody writes on the history past Odoo."""
        if self.random.random() > 0.2 or not self.laws.entries:
            return
        self.history.append("somebody changes the history by SQL")
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE loyalty_card_entry SET note = 'x' WHERE id = %s",
                    [self.laws.entries[-1][0]],
                )
        except psycopg2.Error:
            return
        raise LawBroken("APPEND", "the history can be changed")
