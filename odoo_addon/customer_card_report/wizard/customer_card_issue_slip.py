from datetime import timedelta

from odoo import fields, models
from odoo.addons.customer_card.lib.exact import shown
from odoo.addons.customer_card.lib.shop_day import begin_of
from odoo.exceptions import UserError

MOST_ISSUES = 2000


class CustomerCardIssueSlip(models.TransientModel):
    """Asks which issues of a period a slip lists: of a customer or a program (EX-09)."""

    _name = "customer.card.issue.slip"
    _description = "Issue slip"

    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.today().replace(day=1)
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.today)
    partner_id = fields.Many2one("res.partner", string="Customer")
    card_id = fields.Many2one("loyalty.card", string="Program", readonly=True)

    def action_print(self):
        """Return the slips as a PDF.

        :raises UserError: nothing was issued, or too much for one file
        """
        self.ensure_one()
        entries = self.env["loyalty.card.entry"].search(self._domain(), limit=MOST_ISSUES + 1)
        if len(entries) > MOST_ISSUES:
            raise UserError(self.env._("More than %s issues. Choose a shorter time.", MOST_ISSUES))
        return entries.action_print_slip()

    def _domain(self):
        company = self.env.company
        domain = [
            ("reason", "=", "issue"),
            ("company_id", "in", self.env.companies.ids),
            ("date", ">=", begin_of(company, self.date_from)),
            ("date", "<", begin_of(company, self.date_to + timedelta(days=1))),
        ]
        if self.partner_id:
            domain.append(("card_id.partner_id", "=", self.partner_id.id))
        if self.card_id:
            domain.append(("card_id", "=", self.card_id.id))
        return domain


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    def action_print_slip(self):
        """Return the slip of these issues as a PDF; what came back is not on it."""
        issues = self.filtered(lambda entry: entry.reason == "issue" and entry._not_returned() > 0)
        if not issues:
            raise UserError(self.env._("Nothing was issued here."))
        return self.env.ref("customer_card_report.action_report_issue_slip").report_action(issues)

    def _slips(self):
        """Return ``[{"holder", "company", "payer", "first", "last", "lines"}]``, one slip each."""
        slips = {}
        for entry in self.sorted(lambda one: (one.date, one.id)):
            issue = entry.sudo()
            left = issue._not_returned() if issue.reason == "issue" else 0
            if left <= 0:
                continue
            payer = issue._slip_payer()
            carrier = issue.card_id.partner_id or issue.customer_card_id.exists()
            slip = slips.setdefault(
                (carrier, payer, issue.company_id),
                {
                    "holder": carrier.display_name or "",
                    "company": issue.company_id,
                    "payer": payer.display_name or "",
                    "lines": [],
                },
            )
            slip["lines"].append(
                {
                    "date": issue.date,
                    "product": issue.product_id.exists().display_name or "",
                    "quantity": shown(self.env, left),
                    "unit": issue.product_id.exists().uom_id.name or "",
                    "program": issue.card_id.program_id.name,
                    "card": issue.customer_card_id.exists().number or "",
                    "user": issue.user_id.exists().name or "",
                }
            )
        return list(slips.values())

    def _slip_payer(self):
        """Return who is billed for this issue, to stand on its slip; see the module of bills."""
        return self.env["res.partner"]


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def action_issue_slip(self):
        """Ask for the period whose issues are printed."""
        self.ensure_one()
        return self.partner_id._issue_slip_dialog(default_card_id=self.id)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_issue_slip(self):
        """Ask for the period whose issues are printed."""
        self.ensure_one()
        return self._issue_slip_dialog(default_partner_id=self.id)

    def _issue_slip_dialog(self, **defaults):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Issue slip"),
            "res_model": "customer.card.issue.slip",
            "view_mode": "form",
            "target": "new",
            "context": defaults,
        }
