from odoo import api, fields, models
from odoo.tools import SQL

BLOCK_REASONS = [
    ("manual", "Blocked by hand"),
    ("bulk", "With all cards of its type"),
    ("lost", "Lost"),
    ("fraud", "Fraud"),
]
# A lost card is replaced: its holder goes on, only what he has lost stops working.
FREEZING = ("manual", "bulk", "fraud")


class CustomerCard(models.Model):
    """Why a card is blocked, which decides what becomes of its points (I16)."""

    _inherit = "customer.card"

    block_reason = fields.Selection(
        BLOCK_REASONS,
        string="Why blocked",
        copy=False,
        tracking=True,
        help="A lost card stops working; its points can be spent by the customer's name. Any other"
        " block stops spending the points, too.",
    )

    def write(self, vals):
        nameless = self.filtered(lambda card: not card.partner_id)
        if "block_reason" in vals and not self._may_manage():
            self._refuse_managed({"block_reason"})
        if vals.get("state") == "blocked" and not vals.get("block_reason"):
            reason = "lost" if vals.get("replaced_by_id") else "manual"
            fresh = self.filtered(lambda card: card.state != "blocked")
            res = super(CustomerCard, self - fresh).write(vals) if self - fresh else True
            if fresh:
                res = super(CustomerCard, fresh).write({**vals, "block_reason": reason})
        elif vals.get("state") == "active":
            res = super().write({**vals, "block_reason": False})
        else:
            res = super().write(vals)
        if vals.keys() & {"state", "block_reason"}:
            self.sudo()._freeze_points()
        if vals.get("partner_id"):
            for card in nameless:
                card._welcome()  # it gets its holder now: a first card, too
        return res

    def _freeze_points(self):
        """Freeze and thaw the points of these cards, as their states and reasons say now."""
        accounts = self.env["loyalty.card"]
        freezing = self.filtered(
            lambda card: card.state == "blocked" and card.block_reason in FREEZING
        )
        freezing._points_accounts()._freeze(freezing)
        accounts.search([("frozen_by_id", "in", (self - freezing).ids)])._thaw()

    def _points_accounts(self):
        """Return the points accounts that these cards stand for, and no other usable card does."""
        self.env.flush_all()
        cards = SQL("%s", tuple(self.ids) or (0,))
        found = self.env.execute_query(self._accounts_of(cards, self.company_id[:1]))
        return self.env["loyalty.card"].sudo().browse(one for (one,) in found)

    @api.model
    def _accounts_of(self, cards, company):
        """Return the query of :meth:`_points_accounts` for *cards*, a list of ids in SQL."""
        return SQL(
            """
            SELECT DISTINCT account.id FROM customer_card card
            JOIN loyalty_card account ON account.is_enrolment AND account.active
                AND (account.customer_card_id = card.id OR account.partner_id = card.partner_id)
            JOIN loyalty_program program
                ON program.id = account.program_id AND program.kind = 'points'
            LEFT JOIN customer_card_type_loyalty_program_rel brings
                ON brings.loyalty_program_id = program.id
                AND brings.customer_card_type_id = card.card_type_id
            WHERE card.id IN %(cards)s
                AND (account.customer_card_id = card.id
                    OR brings.loyalty_program_id IS NOT NULL)
                AND NOT EXISTS (
                    SELECT FROM customer_card other
                    JOIN customer_card_type_loyalty_program_rel also
                        ON also.customer_card_type_id = other.card_type_id
                    WHERE other.partner_id = card.partner_id AND other.active
                        AND other.state = 'active' AND NOT other.id IN %(cards)s
                        AND (other.valid_until IS NULL OR other.valid_until >= %(today)s)
                        AND also.loyalty_program_id = program.id
                )
            """,
            cards=cards,
            today=self.env["loyalty.card"]._today(company),
        )

    def _note_first_reasons(self):
        """Say why cards are blocked that were so before reasons were asked; nothing is frozen."""
        blocked = self.with_context(active_test=False).search([("state", "=", "blocked")])
        lost = blocked.filtered("replaced_by_id")
        lost._write({"block_reason": "lost"})
        (blocked - lost)._write({"block_reason": "manual"})
