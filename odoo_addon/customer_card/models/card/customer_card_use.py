from odoo import api, fields, models
from odoo.tools import format_date

from ...exceptions import CardNotUsable


class CustomerCard(models.Model):
    """What a card opens today, or why it opens nothing, and on whom it books."""

    _inherit = "customer.card"

    shown_enrolment_ids = fields.Many2many(
        "loyalty.card",
        string="Programs of the card and its holder",
        compute="_compute_shown_enrolment_ids",
    )

    def _is_free_issue(self):
        """Return whether what this card issues is charged to nobody (a branch's, an employee's)."""
        return self.holder_type not in ("customer", "bearer")

    def _entry_values(self):
        """Return what each entry booked with this card carries besides the card itself.

        :source: seed 000, auf einen Batterie-Kunden gebucht
        """
        if not self or not self._is_free_issue():
            return {}
        return {"partner_id": self.company_id.card_issue_partner_id.id}

    def _check_issue_partner(self):
        """Refuse an issue that is charged to nobody while there is nobody to book it on.

        :raises CardNotUsable: with the advice what to set
        """
        if self and self._is_free_issue() and not self.company_id.card_issue_partner_id:
            raise CardNotUsable(
                self.env._(
                    "Nothing was issued: first choose the customer on whom issues of branches and"
                    " employees are booked, in Settings > Customer Cards, for %s.",
                    self.company_id.display_name,
                )
            )

    def _is_usable(self, day):
        """Tell whether the card opens anything on *day*: not blocked, not over, not put away."""
        self.ensure_one()
        ended = self.valid_until and self.valid_until < day
        return self.active and self.state == "active" and not ended

    def _unusable_sentence(self):
        """Return the sentence why this card opens nothing today, or an empty one."""
        self.ensure_one()
        if self._is_usable(self.env["loyalty.card"]._today(self.company_id)):
            return ""
        if self.sudo().replaced_by_id and self.state == "blocked":
            return self.env._(
                "Card %s was reported lost and is blocked. Keep it and tell your manager.",
                self.number,
            )
        if self.active and self.state == "active":
            return self.env._(
                "Card %(number)s was valid until %(day)s. Make a new card for the customer.",
                number=self.number,
                day=format_date(self.env, self.valid_until),
            )
        return self.env._("Card %s is blocked. Ask the customer or your manager.", self.number)

    def _usable_enrolments(self, day):
        """Return the live enrolments this card opens: its own, and its holder's without a card."""
        self.ensure_one()
        programs = self.env["loyalty.program"]
        domain = programs._live_enrolment_domain(self.order_partner_id, self, day)
        return (
            self.env["loyalty.card"]
            .search_fetch(
                domain + [("program_id.kind", "!=", False), ("program_id.active", "=", True)]
            )
            .filtered(lambda enrolment: enrolment.customer_card_id in (self, self.browse()))
        )

    @api.depends("enrolment_ids", "partner_id.enrolment_ids")
    def _compute_shown_enrolment_ids(self):
        for card in self:
            card.shown_enrolment_ids = card._all_enrolments() if card.id else False

    def _all_enrolments(self):
        """Return the enrolments in force or not, to say why a card no longer does anything."""
        self.ensure_one()
        holders = [("customer_card_id", "=", self.id)]
        if self.order_partner_id:
            holders = [
                "|",
                *holders,
                "&",
                ("partner_id", "=", self.order_partner_id.id),
                ("customer_card_id", "=", False),
            ]
        return self.env["loyalty.card"].search([("is_enrolment", "=", True), *holders])
