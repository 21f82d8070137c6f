from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...lib.exact import Amount, shown
from ...lib.shop_day import shop_day
from ...rules.kinds import MONEY_TYPES


class LoyaltyCard(models.Model):
    """An enrolment: one program of one holder."""

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "mail.activity.mixin"]

    is_enrolment = fields.Boolean(index=True, readonly=True)
    customer_card_id = fields.Many2one(
        "customer.card", string="Customer card", index="btree_not_null", ondelete="restrict"
    )
    valid_from = fields.Date(readonly=True)
    blocked = fields.Boolean(tracking=True)
    state = fields.Selection(
        [
            ("pending", "Not yet valid"),
            ("active", "Active"),
            ("blocked", "Blocked"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
    )
    points = Amount()
    held = Amount(string="Reserved", readonly=True, copy=False)
    entry_seq = fields.Integer(readonly=True, copy=False, help="Number of the last entry.")
    allowance_ids = fields.One2many("loyalty.card.allowance", "card_id", readonly=True)
    entry_ids = fields.One2many("loyalty.card.entry", "card_id", string="Entries", readonly=True)
    grant_ids = fields.One2many("loyalty.card.grant", "card_id", readonly=True)
    hold_ids = fields.One2many("loyalty.card.hold", "card_id", readonly=True)
    kind = fields.Selection(related="program_id.kind")
    is_unlimited = fields.Boolean(compute="_compute_is_unlimited")

    _enrolments = models.Index("(partner_id, program_id) WHERE is_enrolment AND active")
    _held_positive = models.Constraint("CHECK (held >= 0)", "More was released than was reserved.")

    @api.private
    def init(self):
        """One live points account per program and holder: native code takes the first it finds."""
        self.env.cr.execute(
            """
            CREATE UNIQUE INDEX IF NOT EXISTS loyalty_card_one_live_account
            ON loyalty_card (program_id, partner_id)
            WHERE is_enrolment AND active AND single_account AND partner_id IS NOT NULL
            """
        )

    single_account = fields.Boolean(
        readonly=True, copy=False, help="Of this program the holder has one live enrolment only."
    )

    @api.depends("blocked", "valid_from", "expiration_date")
    def _compute_state(self):
        for card in self:
            today = card._today(card.company_id)
            if card.blocked:
                card.state = "blocked"
            elif card.valid_from and card.valid_from > today:
                card.state = "pending"
            elif card.expiration_date and card.expiration_date < today:
                card.state = "expired"
            else:
                card.state = "active"

    @api.depends("allowance_ids.unlimited")
    def _compute_is_unlimited(self):
        for card in self:
            card.is_unlimited = any(card.allowance_ids.mapped("unlimited"))

    @api.depends("program_id", "code", "is_enrolment")
    def _compute_display_name(self):
        enrolments = self.filtered("is_enrolment")
        for card in enrolments:
            card.display_name = card.program_id.name
        return super(LoyaltyCard, self - enrolments)._compute_display_name()

    @api.model
    def _today(self, company):
        """Return today's date where the shop is: days are inclusive in the company's time zone."""
        return shop_day(company or self.env.company, fields.Datetime.now())

    # --- what an enrolment is worth, in words a seller and a customer understand at a glance ---

    balance_text = fields.Char(string="Remaining", compute="_compute_balance_text")

    @api.depends(
        "points",
        "held",
        "program_id.kind",
        "program_id.points_per_unit",
        "program_id.line_ids.discount_id",
        "allowance_ids.unlimited",
        "allowance_ids.quantity",
        "allowance_ids.used",
        "allowance_ids.date_from",
        "allowance_ids.date_to",
    )
    @api.depends_context("lang")
    def _compute_balance_text(self):
        for card in self:
            text = card._worth_text()
            if card.held:
                text = self.env._(
                    "%(left)s (%(held)s reserved)", left=text, held=card._amount_text(card.held)
                )
            card.balance_text = text

    def _worth_text(self):
        program = self.program_id
        if program.kind == "discount":
            return ", ".join(program.line_ids.discount_id.mapped("name"))
        if program.kind == "coupon":
            names = ", ".join(program.line_ids.discount_id.mapped("name")) or program.name
            return names if self.points > 0 else self.env._("%s (used)", names)
        if program.kind == "bonus_item":
            return self._pieces_text()
        if program.kind == "points":
            worth = formatLang(
                self.env,
                self.points / program.points_per_unit,
                currency_obj=program.currency_id,
            )
            return f"{self._amount_text(self.points)} ({worth})"
        return self._amount_text(self.points)

    def _amount_text(self, number):
        """Return *number* of this program with its unit: money, points or pieces."""
        program = self.program_id
        if program.program_type in MONEY_TYPES:
            return formatLang(self.env, number, currency_obj=program.currency_id)
        if program.kind == "points":
            return self.env._("%s points", shown(self.env, number))
        if program.kind == "bonus_item":
            return self.env._("%s pieces", shown(self.env, number))
        return shown(self.env, number)

    # --- what a manager has to look at ---------------------------------------------------

    def _tell_overdraft(self):
        self._tell_managers(
            self.env._("Overdrawn"),
            self.env._(
                "A paid order spent more than was left on %(program)s. Balance: %(balance)s.",
                program=self.program_id.name,
                balance=shown(self.env, self.points),
            ),
        )

    def _tell_managers(self, summary, note):
        """Open one activity on this enrolment, unless one with the same words is open."""
        self.ensure_one()
        card = self.sudo()
        if card.activity_ids.filtered(lambda one: one.summary == summary):
            return
        card.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=self._responsible_manager().id,
        )

    def _responsible_manager(self):
        """Return who looks after this enrolment's company: its first customer card manager."""
        company = self.company_id or self.env.company
        managers = self.env.ref("customer_card.group_manager").sudo().all_user_ids
        people = managers.filtered(
            lambda user: user.active and company in user.company_ids and not user.share
        )
        return (people - self.env.ref("base.user_root")).sorted("id")[:1] or self.env.user
