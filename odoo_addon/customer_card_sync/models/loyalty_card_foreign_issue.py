from odoo import api, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.exceptions import UserError

MODEL = "customer.card.sync.document"


class LoyaltyCard(models.Model):
    """Issues that a foreign ERP booked; the goods themselves have moved over there."""

    _inherit = "loyalty.card"

    @api.model
    def _settle_foreign_move(self, document, lines):
        """Let the allowances of a customer hold what a stock move of a foreign ERP says.

        Only the difference to what was booked before is booked: a move that arrives twice books
        nothing, and one that was cancelled or deleted is undone.

        :param lines: at most one, as ``connector.documents.StockMove`` with our ids
        :raises UserError: why it cannot be booked; nothing is
        """
        line = next((one for one in lines if not one["void"]), None)
        issue = line if line and document._is_issue(line) else None
        self._settle_foreign_issue(document, issue)
        self._settle_foreign_return(document, line if line and document._is_return(line) else None)

    @api.model
    def _settle_foreign_issue(self, document, line):
        issues = document._issue_entries()
        same = issues.filtered(lambda entry: line and _same(entry, line))
        for entry in issues - same:
            self._give_back(document, entry, entry._not_returned())
        if not line:
            return
        product = self.env["product.product"].browse(line["product"] or ()).exists()
        missing = document._pieces(line, product) - sum(
            entry._not_returned() + document._returned_by_others(entry) for entry in same
        )
        for entry in same.sorted("id", reverse=True):
            # What came back by a return of its own cannot come back once more.
            back = min(-missing, entry._not_returned())
            missing += self._give_back(document, entry, back)
        if missing > 0:
            self._issue_foreign(document, line, product, missing, len(issues))

    @api.model
    def _give_back(self, document, entry, pieces):
        """Undo so much of an issue that this document has booked itself; return how much."""
        if pieces <= 0:
            return 0
        entry.card_id._reverse_issue(entry, quantity=pieces, key=document._return_key(entry))
        return pieces

    @api.model
    def _issue_foreign(self, document, line, product, left, number):
        partner = self.env["res.partner"].browse(line["customer"] or ()).exists()
        today = self._today(document.source_id.company_id)
        domain = self.env["loyalty.program"]._live_enrolment_domain(partner, None, today)
        counters = self.search(domain + [("program_id.kind", "=", "bonus_item")], order="id")
        for allowance in counters.allowance_ids._usable_on(today) if partner and product else ():
            if left <= 0 or not product.filtered_domain(allowance._product_domain()):
                continue
            pieces = left if allowance.unlimited else min(left, exact(allowance.remaining))
            visit = f"move:{document.id}:"
            allowance.card_id._issue(
                allowance,
                product,
                pieces,
                key=f"{visit}{number}:{allowance.id}",
                visit=visit,
                **document._origin_values(),
            )
            left -= pieces
        if left > 0 and not partner:
            raise UserError(
                self.env._(
                    "The customer of this delivery is nobody here: nothing was booked. Look at"
                    " the counterparts of the foreign ERP."
                )
            )
        if left > 0 and not counters:
            raise UserError(
                self.env._(
                    "%s has no card with a counter here: nothing was booked. Give the customer a"
                    " program, or correct the delivery.",
                    partner.display_name,
                )
            )
        if left > 0:
            raise UserError(
                self.env._(
                    "No counter of this customer has %(left)s of this article left: nothing was"
                    " booked. Give the customer a program, or correct the delivery.",
                    left=float(left),
                )
            )


def _same(entry, line):
    return (
        entry.product_id.id == line["product"] and entry.card_id.partner_id.id == line["customer"]
    )


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    def _moved_elsewhere(self):
        return super()._moved_elsewhere() or MODEL in (
            self.origin_model,
            self.reversal_of_id.origin_model,
        )
