from odoo import api, models
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.exceptions import UserError


class LoyaltyCard(models.Model):
    """What comes back over there gives the pieces back to the counter that they came from."""

    _inherit = "loyalty.card"

    @api.model
    def _settle_foreign_return(self, document, line):
        """Let the issues that this return takes back hold so much less, never below nothing.

        :param line: None: nothing came back (any more), so the pieces are taken again
        :raises UserError: less than that is known as issued
        """
        booked = document._returned()
        issues = document._returnable(line) if line else None
        if issues is None:
            issues = self.env["loyalty.card.entry"]
            line = None
        for entry in booked.keys() - set(issues):
            self._take_again(document, entry, booked[entry])
        came = document._pieces(line, issues[:1].product_id) if line else 0
        missing = came - sum(booked.get(entry, 0) for entry in issues)
        for entry in issues:
            if missing < 0 < booked.get(entry, 0):
                again = min(-missing, booked[entry])
                self._take_again(document, entry, again)
                missing += again
            back = min(missing, entry._not_returned())
            if back > 0:
                entry.card_id._reverse_issue(
                    entry,
                    quantity=back,
                    key=document._return_key(entry),
                    **document._origin_values(),
                )
                missing -= back
        if missing > 0:
            raise UserError(
                self.env._(
                    "%(came)s came back, but only %(known)s of them are known as issued and not"
                    " back yet: nothing was booked. Correct the return, or book it by hand.",
                    came=shown(self.env, came),
                    known=shown(self.env, came - missing),
                )
            )

    @api.model
    def _take_again(self, document, entry, pieces):
        """Book pieces that had come back out again: that return did not happen.

        :raises BalanceTooLow: the counter holds less by now
        """
        card, allowance = entry.card_id.sudo(), entry.allowance_id.sudo()
        before = card._lock()[card.id]
        allowance.invalidate_recordset(["used"])
        if not allowance.unlimited and pieces > exact(allowance.remaining):
            raise BalanceTooLow(card._too_few(allowance))
        key = document._return_key(entry)
        card._post_return(entry, -pieces, before, key=key, **document._origin_values())
        # The delivery may be no issue any more: then there was nothing to take.
        for issue in document._issue_document(entry):
            issue._settle_one()
