from odoo.tools.mail import email_normalize

from ..rules import takeover
from .customer_card_import_line import Line, Lookup, Stop, mark_known
from .customer_card_import_program import OF_SOME_KIND, ProgramPlanner


class Planner:
    """Says for each line what it means, or why it cannot be taken over. Books nothing."""

    def __init__(self, env, company, mark, sides):
        self.env, self.company = env, company
        self.seen = {}
        self.card_types = env["customer.card.type"].search(
            [("issuable", "=", True), ("company_id", "in", (False, company.id))]
        )
        self._ = env._
        self.programs = ProgramPlanner(env, company, mark, sides)

    def plan(self, rows, once=False):
        """Return a :class:`Line` for each row; with *once* also refuse what stands there twice."""
        lines = [Line(number, cells, text) for number, cells, text in rows]
        lookup = Lookup(self.env, self.company, lines)
        for line in lines:
            try:
                self._plan(line, lookup)
                if once:
                    self._check_once(line)
            except Stop as stop:
                line.refuse(stop.column, stop.reason)
        mark_known(self.env, lines)
        return lines

    def _plan(self, line, lookup):
        if not line.text:
            raise Stop(
                "",
                self._(
                    "The line has more cells than the first line has titles. Put a value that"
                    " contains the separator between quotation marks."
                ),
            )
        if line.get("program"):
            self.programs.plan(line)
        line.partner = self._customer(line, lookup)
        self._plan_card(line, lookup)
        if line.program:
            self.programs.plan_key(line, lookup)
            return
        if not line.get("card_number"):
            raise Stop("program", self._("Enter a card or a program: the line says neither."))
        for column in ("side", *OF_SOME_KIND):
            if line.get(column):
                raise Stop(column, self._("This belongs to a program. Enter the program, too."))
        self.programs.plan_dates(line)

    def _check_once(self, line):
        """Refuse what another line says already: a sum twice, a card or chip for two."""
        for what, (column, value) in line.once.items():
            first, other = self.seen.setdefault(what, (line.number, value))
            if first != line.number and (value is None or other != value):
                raise Stop(
                    column,
                    self._(
                        "Line %s says this already. If these are two, give each its own number;"
                        " else delete one.",
                        first,
                    ),
                )

    # --- customer and card ------------------------------------------------------------

    def _customer(self, line, lookup):
        """Return the one customer the line names; several or none is refused, never guessed."""
        number, email, name = line.get("customer_no"), line.get("email"), line.get("name")
        if number:
            return self._the_one("customer_no", number, lookup.by_number[number], name)
        if email:
            found = lookup.by_email[email_normalize(email)]
            if len(found) > 1 and name:
                wanted = takeover.words(name)
                found = found.filtered(lambda one: takeover.words(one.name or "") == wanted)
            return self._the_one("email", email, found, name)
        if name:
            if not line.get("zip"):
                raise Stop(
                    "zip",
                    self._("A name alone is not enough: add the ZIP, or the customer number."),
                )
            found = lookup.by_name[takeover.words(name), line.get("zip")]
            return self._the_one("name", name, found, name)
        return self.env["res.partner"]

    def _the_one(self, column, value, found, name):
        if not found:
            raise Stop(
                column,
                self._(
                    "No customer “%s”. Create the customer in Odoo first, or correct the file.",
                    value,
                ),
            )
        if len(found) > 1:
            raise Stop(
                column,
                self._(
                    "%(count)s customers are “%(value)s”. Merge them in Odoo, or name the"
                    " customer by number.",
                    count=len(found),
                    value=value,
                ),
            )
        if name and takeover.words(name) != takeover.words(found.name or ""):
            raise Stop(
                "name",
                self._(
                    "“%(value)s” is %(found)s in Odoo, not %(name)s. Correct whichever is wrong.",
                    value=value,
                    found=found.name,
                    name=name,
                ),
            )
        return found

    def _plan_card(self, line, lookup):
        number = line.get("card_number")
        if line.get("uid"):
            self._plan_chip(line, lookup, number)
        if not number:
            return
        line.card = lookup.cards.get(number)
        if line.card and line.card.partner_id != line.partner:
            raise Stop(
                "card_number",
                self._(
                    "Card %(number)s belongs to %(holder)s in Odoo. Correct the number or the"
                    " customer.",
                    number=number,
                    holder=line.card.partner_id.display_name or self._("nobody"),
                ),
            )
        line.once["card", number] = ("card_number", line.partner.id)
        if not line.card:
            line.card_type = self._card_type(line)

    def _plan_chip(self, line, lookup, number):
        if not number:
            raise Stop("card_number", self._("A chip belongs to a card: enter the card number."))
        line.uid = self.programs.cell(line, "uid", takeover.serial)
        line.once["uid", line.uid] = ("uid", number)
        card = lookup.chip_of(line.uid)
        if card and (card.number, card.company_id) != (number, self.company):
            raise Stop("uid", self._("This chip opens card %s already.", card.number))
        line.chip_known = bool(card)

    def _card_type(self, line):
        holder = "customer" if line.partner else "bearer"
        types = self.card_types.filtered(lambda one: one.holder_type == holder)
        if name := line.get("card_type"):
            types = types.filtered(lambda one: one.name.casefold() == name.casefold())
        if types:
            return types[0]
        if line.get("card_type"):
            raise Stop(
                "card_type",
                self._("No card type of this name for a card with this holder. Correct the name."),
            )
        raise Stop("customer_no", self._("Whose card is it? Enter the customer."))
