from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo.addons.customer_card.lib.exact import exact
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ..rules import takeover


class Stop(Exception):
    """A line cannot be taken over: the column at fault, and what to do."""

    def __init__(self, column, reason):
        super().__init__(reason)
        self.column, self.reason = column, reason


@dataclass
class Line:
    """One line of the file, and what taking it over means."""

    number: int
    cells: list
    text: dict
    refused: bool = False
    column: str = ""
    reason: str = ""
    partner: object = None
    card: object = None  # as it stands in Odoo, or None
    card_type: object = None
    uid: str = ""
    chip_known: bool = False
    program: object = None
    program_known: bool = False  # an earlier take-over booked it
    voucher: object = None  # an enrolment that has this voucher number already
    side: str | bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    program_line: object = None
    unlimited: bool = False
    granted: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)  # control figure: what is left, in the program's unit
    key: str = ""  # names the enrolment's opening entry
    once: dict = field(default_factory=dict)  # what may stand once in a file: column, value

    def get(self, column):
        return self.text.get(column, "")

    def refuse(self, column, reason):
        self.refused, self.column, self.reason = True, column, reason

    def entries(self):
        """Return the opening entries of this line: ``{key: (delta, quantity)}``."""
        if not self.program:
            return {}
        if self.program.kind != "bonus_item":
            return {self.key: (self.amount, Decimal(0))}
        key = f"{self.key}:{self.program_line.id}"
        booked = {key: (Decimal(0) if self.unlimited else self.granted, Decimal(0))}
        if self.used:
            booked[f"{key}:used"] = (Decimal(0) if self.unlimited else -self.used, self.used)
        return booked


class Lookup:
    """What some lines name, fetched with a few queries: customers, cards, chips, vouchers."""

    def __init__(self, env, company, lines):
        self.env, self.company = env, company
        self._find_customers(lines)
        cards = env["customer.card"].with_context(active_test=False)
        numbers = {line.get("card_number") for line in lines} - {""}
        self.cards = {
            card.number: card
            for card in cards.search(
                [("number", "in", list(numbers)), ("company_id", "=", company.id)]
            )
        }
        codes = {line.get("voucher_no") for line in lines} - {""}
        vouchers = env["loyalty.card"].with_context(active_test=False)
        kept = {vouchers._kept_code(code): code for code in codes}
        found = vouchers.search([("code", "in", [*kept, *codes])])
        self.vouchers = {kept.get(one.code, one.code): one for one in found}

    def _find_customers(self, lines):
        own = ("company_id", "in", (False, self.company.id))
        numbers = {line.get("customer_no") for line in lines} - {""}
        emails = {email_normalize(line.get("email")) for line in lines} - {False}
        partners = self.env["res.partner"]
        self.by_number, self.by_email = defaultdict(partners.browse), defaultdict(partners.browse)
        for partner in partners.search([("ref", "in", list(numbers)), own]):
            self.by_number[partner.ref] |= partner
        for partner in partners.search([("email_normalized", "in", list(emails)), own]):
            self.by_email[partner.email_normalized] |= partner
        self.by_name = defaultdict(partners.browse)
        zips = tuple({line.get("zip") for line in lines if line.get("name")} - {""})
        wanted = {takeover.words(line.get("name")) for line in lines} - {frozenset()}
        if zips:
            # Names may be computed of first and last name (partner_firstname).
            partners.flush_model(["active", "company_id", "name", "zip"])
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, name, zip FROM res_partner WHERE active AND zip IN %s"
                    " AND name IS NOT NULL AND (company_id IS NULL OR company_id = %s) ORDER BY id",
                    zips,
                    self.company.id,
                )
            )
            for partner_id, name, zip_code in rows:
                if (words := takeover.words(name)) in wanted:
                    self.by_name[words, zip_code] |= partners.browse(partner_id)

    def chip_of(self, uid):
        """Return the card that a chip opens now, or an empty one."""
        media = self.env["customer.card.medium"]
        return media._resolve("uid", uid).filtered(lambda one: not one.revoked_at).card_id


def mark_known(env, lines):
    """Mark what an earlier take-over booked; refuse what it booked with other figures."""
    planned = [line for line in lines if not line.refused and line.program]
    keys = [key for line in planned for key in line.entries()]
    found = env["loyalty.card.entry"].search([("key", "in", keys)])
    booked = {entry.key: (exact(entry.delta), exact(entry.quantity)) for entry in found}
    for line in planned:
        wanted = {key: tuple(map(exact, figures)) for key, figures in line.entries().items()}
        there = {key: booked[key] for key in wanted if key in booked}
        if there and there != wanted:
            line.refuse(
                "program",
                env._(
                    "This was taken over before with other figures. Leave the line out; a manager"
                    " corrects the balance on the program of the customer."
                ),
            )
        elif not there and line.voucher:
            line.refuse(
                "voucher_no",
                env._("This voucher number is in use in Odoo already. Check the number."),
            )
        line.program_known = bool(there)
