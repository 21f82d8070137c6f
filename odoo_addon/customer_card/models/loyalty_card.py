import pytz

from odoo import api, fields, models

from .ledger import POINTS


class LoyaltyCard(models.Model):
    """An enrolment: one program of one holder."""

    _inherit = "loyalty.card"

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
    points = fields.Float(digits=POINTS)
    held = fields.Float(string="Reserved", digits=POINTS, readonly=True, copy=False)
    entry_seq = fields.Integer(readonly=True, copy=False, help="Number of the last entry.")
    allowance_ids = fields.One2many("loyalty.card.allowance", "card_id", readonly=True)
    entry_ids = fields.One2many("loyalty.card.entry", "card_id", string="Entries", readonly=True)
    grant_ids = fields.One2many("loyalty.card.grant", "card_id", readonly=True)
    hold_ids = fields.One2many("loyalty.card.hold", "card_id", readonly=True)
    kind = fields.Selection(related="program_id.kind")
    is_unlimited = fields.Boolean(compute="_compute_is_unlimited")

    _enrolments = models.Index("(partner_id, program_id) WHERE is_enrolment AND active")
    _held_positive = models.Constraint("CHECK (held >= 0)", "More was released than was reserved.")

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
        zone = pytz.timezone((company or self.env.company).partner_id.tz or "Europe/Berlin")
        return fields.Datetime.now().replace(tzinfo=pytz.utc).astimezone(zone).date()
