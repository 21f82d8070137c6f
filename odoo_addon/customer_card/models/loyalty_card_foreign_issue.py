from odoo import api, models
from odoo.exceptions import UserError

from .ledger import exact

MODEL = "customer.card.sync.document"


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _settle_foreign_issue(self, document, lines):
        """Let the allowances of a customer hold what a stock move of a foreign ERP has issued.

        Only the difference to what was booked before is booked: a move that arrives twice books
        nothing, and one that was cancelled or deleted gives the pieces back. The goods themselves
        have moved over there.

        :param lines: at most one, as ``connector.documents.StockMove`` with our ids
        :raises UserError: no counter of this customer has so much left of this article
        """
        wanted = [
            line
            for line in lines
            if not line["void"] and line.get("purpose") == "issue" and line["direction"] == "out"
        ]
        entries = self.env["loyalty.card.entry"].search(
            [("origin_model", "=", MODEL), ("origin_id", "=", document.id)], order="id"
        )
        for entry in entries.filtered(lambda entry: entry.reason == "issue"):
            back = entry._not_returned()
            if back > 0 and not any(_same(entry, line, back) for line in wanted):
                key = f"move:{document.id}:back:{entry.id}"
                entry.card_id._reverse_issue(entry, key=key)
                back = 0
            wanted = wanted if back <= 0 else []
        for line in wanted:
            self._issue_foreign(document, line, len(entries))

    @api.model
    def _issue_foreign(self, document, line, number):
        partner = self.env["res.partner"].browse(line["customer"] or ()).exists()
        product = self.env["product.product"].browse(line["product"] or ()).exists()
        today = self._today(document.source_id.company_id)
        left = exact(line["quantity"])
        domain = self.env["loyalty.program"]._live_enrolment_domain(partner, None, today)
        counters = self.search(domain + [("program_id.kind", "=", "bonus_item")], order="id")
        for allowance in counters.allowance_ids._usable_on(today) if partner and product else ():
            if left <= 0 or not product.filtered_domain(allowance._product_domain()):
                continue
            pieces = left if allowance.unlimited else min(left, exact(allowance.remaining))
            visit = f"move:{document.id}:{number}:"
            allowance.card_id._issue(
                allowance,
                product,
                pieces,
                key=f"{visit}{allowance.id}",
                visit=visit,
                origin_model=MODEL,
                origin_id=document.id,
                origin_name=document.name or document.key,
            )
            left -= pieces
        if left > 0:
            raise UserError(
                self.env._(
                    "No counter of this customer has %(left)s of this article left: nothing was"
                    " booked. Give the customer a program, or correct the delivery.",
                    left=float(left),
                )
            )


def _same(entry, line, pieces):
    return (
        entry.product_id.id == line["product"]
        and entry.card_id.partner_id.id == line["customer"]
        and exact(line["quantity"]) == pieces
    )


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    def _moved_elsewhere(self):
        """Return whether the goods of this issue have moved in a foreign ERP already."""
        return (self.reversal_of_id or self).origin_model == MODEL
