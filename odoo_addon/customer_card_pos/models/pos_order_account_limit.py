from odoo import api, models
from odoo.tools import formatLang


class PosOrder(models.Model):
    """Odoo's own credit limit of a customer: what goes on account at the till has to fit in."""

    _inherit = "pos.order"

    @api.model
    def _get_limit_refusal(self, firm, uuid, amount):
        """Return why *amount* is more than is left of the firm's credit limit, or ""."""
        company = self.env.company.sudo()
        firm = firm.sudo().with_company(company)
        if not company.account_use_credit_limit or firm.credit_limit <= 0:
            return ""
        # Sessions enter the books when they close; until then their accounts are counted here.
        unbooked = (
            self.env["pos.payment"]
            .sudo()
            .search(
                [
                    ("pos_order_id.partner_id", "child_of", firm.id),
                    ("pos_order_id.uuid", "!=", uuid),
                    ("pos_order_id.state", "=", "paid"),
                    ("payment_method_id.journal_id", "=", False),
                    ("company_id", "=", company.id),
                ]
            )
        )
        owed = firm.credit + firm.credit_to_invoice + sum(unbooked.mapped("amount"))
        left = firm.credit_limit - owed
        if company.currency_id.compare_amounts(amount, left) <= 0:
            return ""
        return self.env._(
            "%(firm)s has a credit limit of %(limit)s, of which %(left)s are left. Choose another"
            " payment method, or ask your manager.",
            firm=firm.display_name,
            limit=formatLang(self.env, firm.credit_limit, currency_obj=company.currency_id),
            left=formatLang(self.env, max(left, 0), currency_obj=company.currency_id),
        )
