from functools import partial

from odoo.addons.customer_card.rules.kinds import ACCOUNT_KINDS, BEARER_KINDS, MONEY_KINDS
from odoo.addons.customer_card.rules.numbers import LIMIT

from ..rules import takeover
from .customer_card_import_line import Stop

# What a line of each kind of program may say.
COLUMNS_OF_KIND = {
    "bonus_item": {"position", "article", "granted", "used", "remaining"},
    "stored_value": {"balance", "paid", "bonus"},
    "voucher": {"balance", "paid", "bonus", "voucher_no"},
    "coupon": {"voucher_no"},
    "points": {"balance"},
    "discount": set(),
}
OF_SOME_KIND = sorted(set().union(*COLUMNS_OF_KIND.values()))
CENTS = 2


class ProgramPlanner:
    """The part of a line that names a program: its dates, counters and balances."""

    def __init__(self, env, company, mark, sides):
        self.env, self.company, self.mark, self.sides = env, company, mark, sides
        self._ = env._
        self.articles = {}
        self.programs = {}
        found = env["loyalty.program"].search(
            [
                ("kind", "!=", False),
                ("parent_program_id", "=", False),
                ("company_id", "in", (False, company.id)),
            ]
        )
        for code, _name in env["res.lang"].get_installed():
            for program in found.with_context(lang=code):
                self.programs[program.name.casefold()] = program.with_env(env)

    def plan(self, line):
        """Read what the program needs first: refused lines count in its control total, too."""
        line.program = program = self.programs.get(line.get("program").casefold())
        if not program:
            raise Stop(
                "program",
                self._(
                    "No program “%s”. Create it under Programs, or correct the name.",
                    line.get("program"),
                ),
            )
        for column in OF_SOME_KIND:
            if line.get(column) and column not in COLUMNS_OF_KIND[program.kind]:
                raise Stop(
                    column,
                    self._("%s has no such figure. Leave this cell empty.", program.name),
                )
        self._plan_figures(line)
        self._plan_side(line)
        self.plan_dates(line)

    def _plan_side(self, line):
        text = line.get("side")
        if text and not line.program.per_fitting:
            raise Stop(
                "side", self._("%s is not per fitting. Leave the side empty.", line.program.name)
            )
        line.side = self.sides.get(text.casefold(), False)
        if line.program.per_fitting and not line.side:
            raise Stop("side", self._("Enter the side: left or right."))

    def plan_dates(self, line):
        for column in ("valid_from", "valid_until"):
            if line.get(column):
                setattr(line, column, self.cell(line, column, takeover.day))
        if line.valid_from and line.valid_until and line.valid_until < line.valid_from:
            raise Stop("valid_until", self._("It ends before it begins. Correct the dates."))

    def plan_key(self, line, lookup):
        """Name the opening: by its record number, its voucher number, or whose it is."""
        holder = line.partner or line.get("card_number")
        if not holder and line.program.kind not in BEARER_KINDS:
            raise Stop("customer_no", self._("Whose is it? Enter the customer or the card."))
        line.voucher = lookup.vouchers.get(line.get("voucher_no"))
        account = line.program.kind in ACCOUNT_KINDS and line.partner
        if record := line.get("record_no"):
            parts = ("record", record)
        elif code := line.get("voucher_no"):
            # The key is read by everybody: a plain hash of a short number would give it away.
            parts = ("voucher", self.env["loyalty.card"]._kept_code(code))
        elif account:
            parts = ("account", line.partner.id)
        elif holder:
            who = (line.partner.id, line.get("card_number"))
            parts = ("holder", *who, line.side or None, line.valid_from)
        else:
            raise Stop(
                "voucher_no", self._("A voucher without customer needs its number in the file.")
            )
        line.key = takeover.identity(self.company.id, line.program.id, *parts)
        line.once["entry", *line.entries()] = ("program", None)
        if code := line.get("voucher_no"):
            line.once["voucher", code] = ("voucher_no", None)

    # --- figures ----------------------------------------------------------------------

    def _plan_figures(self, line):
        kind = line.program.kind
        if kind == "bonus_item":
            self._plan_counter(line)
        elif kind in MONEY_KINDS:
            self._plan_money(line)
        elif kind == "points":
            points = self._figure(line, "balance", CENTS)
            if points is None:
                raise Stop("balance", self._("How many points? Enter the balance."))
            line.amount = points
        elif kind == "coupon":
            line.amount = takeover.Decimal(1)

    def _plan_counter(self, line):
        line.program_line = self._program_line(line)
        places = self.env["decimal.precision"].precision_get("Product Unit")
        granted, used, left = (
            self._figure(line, column, places) for column in ("granted", "used", "remaining")
        )
        line.used = used or takeover.Decimal(0)
        line.unlimited = not line.program_line.quantity
        if line.unlimited:
            if granted or left:
                raise Stop(
                    "granted" if granted else "remaining",
                    self._("%s is unlimited. Leave this cell empty.", line.program.name),
                )
            return
        if granted is None and left is None:
            raise Stop("remaining", self._("How many are left? Enter the number."))
        if None not in (granted, left) and used is None:
            line.used = granted - left
        line.granted = left + line.used if granted is None else granted
        line.amount = line.granted - line.used
        self._check_size(line, "granted", line.granted)
        if line.amount < 0 or line.used < 0 or (left is not None and left != line.amount):
            raise Stop(
                "remaining", self._("Granted less used is not what is left. Check the three.")
            )

    def _plan_money(self, line):
        places = line.program.currency_id.decimal_places
        balance, paid, bonus = (
            self._figure(line, column, places) for column in ("balance", "paid", "bonus")
        )
        if balance is None and paid is None:
            raise Stop("balance", self._("How much is left? Enter the balance."))
        if paid is None:
            paid = balance - (bonus or 0)
        line.amount = paid + (bonus or 0) if balance is None else balance
        line.paid = paid
        self._check_size(line, "balance", line.amount)
        if paid < 0 or paid > line.amount or (bonus is not None and paid + bonus != line.amount):
            raise Stop("balance", self._("Paid and bonus are not the balance. Check the three."))

    def _program_line(self, line):
        """Return the program line that the position or the article names, or the only one."""
        lines = line.program._quota_lines()
        if position := line.get("position"):
            if position.isascii() and position.isdecimal() and 1 <= int(position) <= len(lines):
                return lines[int(position) - 1]
            raise Stop(
                "position",
                self._(
                    "%(program)s has lines 1 to %(count)s. Correct the number.",
                    program=line.program.name,
                    count=len(lines),
                ),
            )
        if article := line.get("article"):
            lines = self._lines_with(line.program, article)
        if len(lines) == 1:
            return lines
        raise Stop(
            "article" if line.get("article") else "position",
            self._(
                "%(count)s lines of %(program)s fit. Enter which program line it is.",
                count=len(lines),
                program=line.program.name,
            ),
        )

    def _lines_with(self, program, article):
        if (program, article) not in self.articles:
            products = self.env["product.product"].search(
                [
                    "|",
                    "|",
                    ("default_code", "=", article),
                    ("barcode", "=", article),
                    ("name", "=", article),
                ]
            )
            self.articles[program, article] = program._quota_lines().filtered(
                lambda one: (
                    one.product_id in products
                    if one.product_id
                    else products.filtered_domain(one._product_domain())
                )
            )
        return self.articles[program, article]

    def _check_size(self, line, column, figure):
        """Refuse two figures that are each small enough and too big together."""
        if figure >= LIMIT:
            raise Stop(column, self._("“%s” is too big. Check the number.", figure))

    # --- cells ------------------------------------------------------------------------

    def _figure(self, line, column, places):
        if not line.get(column):
            return None
        return self.cell(line, column, partial(takeover.number, mark=self.mark, places=places))

    def cell(self, line, column, how):
        """Return what *how* reads in a cell, or stop with the sentence for what it refuses."""
        try:
            return how(line.get(column))
        except takeover.Refused as error:
            raise Stop(column, self._sentence(error)) from error

    def _sentence(self, error):
        example = {"comma": "1.234,50", "point": "1,234.50"}[self.mark]
        return {
            "number": self._(
                "“%(value)s” is not a number. Write it as %(example)s, or change how the file"
                " writes numbers.",
                value=error.value,
                example=example,
            ),
            "negative": self._("“%s” is below zero. Nothing can be less than none.", error.value),
            "big": self._("“%s” is too big. Check the number.", error.value),
            "places": self._("“%s” has too many decimals. Round it.", error.value),
            "day": self._("“%s” is not a day. Write it as 31.12.2026.", error.value),
            "uid": self._(
                "“%s” is not a chip number: 8, 14, 16 or 20 signs of 0-9 and A-F.", error.value
            ),
            "random_uid": self._(
                "“%s” is a random number, new each time the card is read. Give this customer a"
                " card that can be written.",
                error.value,
            ),
        }[error.code]
