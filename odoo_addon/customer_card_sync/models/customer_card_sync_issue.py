from odoo import api, models
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.exceptions import UserError
from odoo.tools import float_round

from .loyalty_card_foreign_issue import MODEL


class CustomerCardSyncDocument(models.Model):
    """Stock moves of a foreign ERP that are issues: what they say, and what is booked of them."""

    _inherit = "customer.card.sync.document"

    # --- what a stock move says ---------------------------------------------------------

    @api.model
    def _concerns_issues(self, line):
        """Return whether this may be an issue, or take one back; most moves are neither."""
        return line.get("purpose") == "issue" or bool(line.get("returns") and line["quantity"] < 0)

    @api.model
    def _is_issue(self, line):
        flagged = line.get("purpose") == "issue" and line["direction"] == "out"
        return flagged and line["quantity"] > 0 and not self._issued_here(line)

    @api.model
    def _is_return(self, line):
        if line["quantity"] >= 0 or line["direction"] == "out":
            return False
        flagged = line.get("purpose") == "issue" and not self._issued_here(line)
        return bool(line.get("returns")) or flagged

    @api.model
    def _issued_here(self, line):
        """Return the entry that the worker has booked over there by this very move."""
        entries = self.env["loyalty.card.entry"]
        host, _, number = (line.get("origin") or "").rpartition("_")
        ours = bool(host) and number.isdigit() and host == self.env["customer.card.outbox"]._host()
        return entries.browse(int(number)).exists() if ours else entries

    def _pieces(self, line, product):
        """Return how many of our article that is.

        :raises UserError: no whole pieces, or counted in a unit that nobody knows here
        """
        number = abs(line["quantity"]) * line.get("times", 1) / line.get("per", 1)
        name, ours = line.get("own_unit"), product.uom_id.with_context(lang="en_US")
        if name and ours and name != ours.name:
            unit = ours.search([("name", "=", name)], limit=1)
            if not unit or not unit._has_common_reference(ours):
                raise UserError(
                    self.env._(
                        "The other ERP counts this article in %(theirs)s, we in %(ours)s: nothing"
                        " was booked. Translate 'own_unit' in the mapping, or give a unit here"
                        " that name.",
                        theirs=name,
                        ours=product.uom_id.name,
                    )
                )
            number = unit._compute_quantity(number, ours, round=False)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        pieces = exact(float_round(number, precision_digits=digits))
        if pieces != pieces.to_integral_value():
            raise UserError(
                self.env._(
                    "%(pieces)s %(unit)s are no whole pieces: nothing was booked."
                    " Correct the quantity over there.",
                    pieces=shown(self.env, pieces),
                    unit=product.uom_id.name or "",
                )
            )
        return pieces

    # --- what is booked -----------------------------------------------------------------

    def _origin_values(self):
        name = self.name or self.key
        return {"origin_model": MODEL, "origin_id": self.id, "origin_name": name}

    def _entries(self, *domain):
        mine = [("origin_model", "=", MODEL), ("origin_id", "in", self.ids)]
        return self.env["loyalty.card.entry"].search([*mine, *domain], order="id")

    def _issue_entries(self):
        return self._entries(("reason", "=", "issue"))

    def _return_key(self, entry):
        """Return a key that no booking on this issue has had."""
        number = entry.search_count([("reversal_of_id", "=", entry.id)])
        return f"move:{self.id}:back:{entry.id}:{number}"

    def _returned(self):
        """Return by issue how many pieces this document has given back."""
        back = {}
        for entry in self._entries(("reversal_of_id", "!=", False)):
            back.setdefault(entry.reversal_of_id, exact(0))
            back[entry.reversal_of_id] -= exact(entry.quantity)
        return {entry: pieces for entry, pieces in back.items() if pieces}

    def _returned_by_others(self, entry):
        domain = [("reversal_of_id", "=", entry.id), ("origin_model", "=", MODEL)]
        others = entry.search([*domain, ("origin_id", "!=", self.id)])
        return -sum(exact(one.quantity) for one in others)

    def _issue_document(self, entry):
        return self.browse(entry.origin_id if entry.origin_model == MODEL else ()).exists()
