from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ..rules.points import EarningRates, PaidLine, earned_points
from .ledger import exact
from .loyalty_card_buckets import MONEY_TYPES
from .loyalty_program import MONEY_KINDS


class LoyaltyCard(models.Model):
    """Points from documents: booked is always what the document is worth now."""

    _inherit = "loyalty.card"

    @api.model
    def _settle_document(self, model, res_id, lines, name=""):
        """Let the points of one document equal what its live *lines* earn.

        Only the difference to what was booked before is booked, so a document that arrives twice
        books nothing, and one that was cancelled, changed or deleted is taken back.

        :param lines: dicts as ``connector.documents.InvoiceLine``; void ones do not count
        """
        live = [line for line in lines if not line.get("void")]
        worth = defaultdict(Decimal)
        for card in self._earning_cards(live):
            rates = EarningRates(
                exact(card.program_id.earn_service_percent),
                exact(card.program_id.earn_article_percent),
                exact(card.program_id.points_per_unit),
                card.program_id.earn_on_discounted,
            )
            worth[card] = earned_points(self._paid_lines(live), rates)
        entries = self.env["loyalty.card.entry"].search(
            [
                ("origin_model", "=", model),
                ("origin_id", "=", res_id),
                ("reason", "in", ("earn", "claw_back")),
            ]
        )
        earned_on = self.browse(card._surviving().id for card in entries.card_id)
        for card in (earned_on | self.browse(card.id for card in worth)).sorted("id"):
            card._lock()
            booked = entries.filtered(lambda entry, card=card: entry.card_id._surviving() == card)
            delta = worth[card] - sum((exact(entry.delta) for entry in booked), Decimal(0))
            if delta:
                card._post(
                    delta,
                    key=f"earn:{model}:{res_id}:{card.id}:{len(booked) + 1}",
                    reason="earn" if delta > 0 else "claw_back",
                    overdrawn=delta < 0 and exact(card.points) + delta < 0,
                    origin_model=model,
                    origin_id=res_id,
                    origin_name=name,
                )

    @api.model
    def _earning_cards(self, lines):
        """Return the points enrolments of the document's customer that were live on its day."""
        cards = self.browse()
        for customer, day in {(line.get("customer"), line.get("date")) for line in lines}:
            if partner := self.env["res.partner"].browse(customer or ()).exists():
                if partner.type == "invoice":
                    partner = partner.parent_id or partner  # an address collects nothing
                domain = self.env["loyalty.program"]._live_enrolment_domain(partner, None, day)
                cards |= self.search(domain + [("program_id.kind", "=", "points")])
        return cards

    @api.model
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
            if line.get("product") in by_id and line["product"] not in by_product
        ]
        paid = [
            PaidLine(
                exact(line["gross"]),
                by_id[line["product"]].type == "service",
                bool(line.get("discount")),
            )
            for line in sold
        ]
        rewarded = []
        for line in lines:
            if reward := by_product.get(line.get("product")):
                domain = Domain(reward._get_discount_product_domain())
                covered = set(products.filtered_domain(domain).ids)
                base = [i for i, of in enumerate(sold) if of["product"] in covered]
                rewarded += self._spread(exact(line["gross"]), [paid[i] for i in base])
                for i in base:
                    paid[i] = replace(paid[i], is_discounted=True)
        return paid + rewarded

    @api.model
    def _credit_articles(self, products):
        """Return those of *products* whose sale is a top-up: of ours, or of a native program."""
        programs = self.env["loyalty.program"].with_context(active_test=False)
        ours = programs._sold_as(products).filtered(lambda one: one.kind in MONEY_KINDS)
        native = programs.search(
            [("program_type", "in", MONEY_TYPES), ("rule_ids.product_ids", "in", products.ids)]
        )
        return products & (ours.sale_product_id | native.rule_ids.product_ids)

    @api.model
    def _spread(self, amount, base):
        total = sum((line.gross for line in base), Decimal(0))
        if not total:
            return [PaidLine(amount, is_service=False, is_discounted=True)]
        services = sum((line.gross for line in base if line.is_service), Decimal(0))
        part = amount * services / total
        return [
            PaidLine(part, is_service=True, is_discounted=True),
            PaidLine(amount - part, is_service=False, is_discounted=True),
        ]
