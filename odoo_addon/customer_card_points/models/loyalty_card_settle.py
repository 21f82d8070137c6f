import math
import re
from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.exchange import exchanged
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rules.points import lowered

# No receipt has such an amount; beyond it floats and columns do not reach.
LIMIT = 10**9
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


class LoyaltyCard(models.Model):
    """Points from documents: booked is always what the document is worth now."""

    _inherit = "loyalty.card"

    @api.model
    def _settle_accounts(self, model, res_id, lines, name):
        """Settle a document on each account that its lines have to do with, and return the sum."""
        live = [line for line in lines if not line.get("void")]
        entries = self._earned_entries(model, res_id)
        earned_on = self.browse(card._surviving().id for card in entries.card_id)
        by_card = self._lines_by_card(live, earned_on)
        self._leave_others(model, res_id, by_card)
        worth = {
            card: card._worth_of([self._in_company_currency(line) for line in mine], model, res_id)
            for card, mine in by_card.items()
        }
        everybody = earned_on | self.browse(card.id for card in worth)
        return sum(
            (
                card._book_worth(worth.get(card, Decimal(0)), model, res_id, name)
                for card in everybody.sorted("id")
            ),
            Decimal(0),
        )

    @api.model
    def _earned_entries(self, model, res_id):
        """Return what was booked for a document so far."""
        return self.env["loyalty.card.entry"].search(
            [
                ("origin_model", "=", model),
                ("origin_id", "=", res_id),
                ("reason", "in", ("earn", "claw_back")),
            ]
        )

    def _book_worth(self, worth, model, res_id, name):
        """Let what is booked for a document on this account be *worth*; return what was missing."""
        self.ensure_one()
        self._lock()
        booked = self._earned_entries(model, res_id)
        booked = booked.filtered(lambda entry: entry.card_id._surviving() == self)
        delta = worth - sum((exact(entry.delta) for entry in booked), Decimal(0))
        if delta:
            self._post(
                delta,
                key=f"earn:{model}:{res_id}:{self.id}:{len(booked) + 1}",
                reason="earn" if delta > 0 else "claw_back",
                overdrawn=delta < 0 and exact(self.points) + delta < 0,
                origin_model=model,
                origin_id=res_id,
                origin_name=name,
                **self._earning_values(model, res_id),
            )
        return delta

    @api.model
    def _lines_by_card(self, lines, earned_on=None):
        """Return ``{card: lines}``: a receipt may take back what another customer has bought.

        :param earned_on: the accounts on which this document has earned before
        """
        by_customer, by_card = defaultdict(list), defaultdict(list)
        for line in lines:
            by_customer[line.get("customer")].append(line)
        for mine in by_customer.values():
            for card in self._earning_cards(mine, earned_on or self.browse()):
                by_card[card] += mine
        return by_card

    @api.model
    def _live_accounts(self, lines, earned_on):
        """Return the points enrolments of these lines' customer that were live on their day.

        A block stops spending; what was bought before keeps its points, and so does what an account
        has earned that was put away since.
        """
        cards = self.browse()
        for customer, day in {(line.get("customer"), line.get("date")) for line in lines}:
            if partner := self.env["res.partner"].browse(customer or ()).exists():
                domain = self.env["loyalty.program"]._live_enrolment_domain(
                    partner, None, day, also_blocked=True, also=earned_on
                )
                companies = [False, *self.env.company.sudo().parent_ids.ids]
                cards |= self.with_context(active_test=False).search(
                    domain
                    + [
                        ("program_id.kind", "=", "points"),
                        ("program_id.company_id", "in", companies),
                    ]
                )
        return self.browse(cards.ids)

    @api.model
    def _in_company_currency(self, line):
        """Return *line* with its gross amount as Decimal in the company's currency."""
        gross, company = line["gross"], self.env.company
        if isinstance(gross, str) and NUMBER.fullmatch(gross):
            gross = Decimal(gross)
        if isinstance(gross, bool) or not isinstance(gross, int | float | Decimal | None):
            gross = math.nan
        if not abs(gross or 0) < LIMIT:
            raise UserError(self.env._("An amount of this document is no number."))
        currency = self._line_currency(line.get("currency"), company.currency_id)
        gross = exchanged(gross, currency, company.currency_id, company, line["date"])
        return {**line, "gross": gross}

    @api.model
    def _line_currency(self, value, own):
        """Return the currency of a line: by its id here, or by its code where it has another id."""
        if not value or value in (own.id, own.name):
            return own
        currencies = self.env["res.currency"].with_context(active_test=False)
        name = "name" if isinstance(value, str) else "id"
        found = currencies.search([(name, "=", value)], limit=1)
        if not found:
            raise UserError(self.env._("The currency %s is unknown here.", value))
        return found

    def _paid_lines(self, lines):
        """Return the lines with their class; a reward lowers the class of what it discounts."""
        products = (
            self.env["product.product"]
            .with_context(active_test=False)
            .browse({line["product"] for line in lines if line.get("product")})
            .exists()
        )
        rewards = (
            self.env["loyalty.reward"]
            .with_context(active_test=False)
            .search([("discount_line_product_id", "in", products.ids)])
        )
        # What pays an order lowers nothing, and credit that is bought earns nothing (I23).
        payments = rewards.filtered(lambda reward: reward.program_id.is_payment_program)
        passed_over = payments.discount_line_product_id | self._credit_articles(products)
        by_product = {reward.discount_line_product_id.id: reward for reward in rewards - payments}
        by_id = {product.id: product for product in products - passed_over}
        sold = [
            line
            for line in lines
            if line.get("product") in by_id
            and line["product"] not in by_product
            and not self._lowers(line)
        ]
        paid = [self._paid_line(line, by_id[line["product"]]) for line in sold]
        rest = Decimal(0)
        for line in lines:
            if reward := by_product.get(line.get("product")):
                domain = Domain(reward._get_discount_product_domain())
                covered = set(products.filtered_domain(domain).ids)
                base = [i for i, of in enumerate(sold) if of["product"] in covered]
                part, left = lowered([paid[i] for i in base], exact(line["gross"]))
                for i, changed in zip(base, part, strict=True):
                    paid[i] = changed
                rest += left
            elif self._lowers(line) and (line.get("lowers") or line.get("product") in by_id):
                rest += exact(line["gross"])
        return lowered(paid, rest)[0]

    @api.model
    def _lowers(self, line):
        """Tell whether a line lowers the others: our own documents say so; else by its price."""
        return line["lowers"] if "lowers" in line else (line.get("price") or 0) < 0
