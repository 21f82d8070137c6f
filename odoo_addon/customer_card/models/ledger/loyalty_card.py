import hmac
import logging
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools.misc import formatLang

from ...lib.exact import Amount, shown
from ...lib.shop_day import shop_day
from ...rules.kinds import BEARER_KINDS, MONEY_TYPES

_logger = logging.getLogger(__name__)
# What stands before a code that is kept as a hash. Nobody types it: see _typed.
MASK = "****"
# Without letters and digits that look alike.
SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, GROUP = 4, 4
HINT = 4
# So long the one who sold a voucher may print and send it again.
JUST_SOLD = timedelta(minutes=10)


class LoyaltyCard(models.Model):
    """An enrolment: one program of one holder.

    Codes of our vouchers and coupons: the database keeps a keyed hash, nobody reads the code.
    Native code finds cards by the column ``code``, so the hash stands there, behind a mask and the
    last characters (``****7KQM-<hash>``). Our own codes are made from a random number and the
    pepper, so one can be shown again by who may; codes that came from outside cannot.
    """

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

    # --- what an enrolment is worth, in words a seller and a customer understand at a glance

    balance_text = fields.Char(string="Remaining", compute="_compute_balance_text")
    code_nonce = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    code_shown_at = fields.Datetime(readonly=True, copy=False, groups=NO_ACCESS)
    code_hint = fields.Char(
        string="Code", compute="_compute_code_hint", help="How the code ends: nobody reads it here."
    )

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

    # --- what a manager has to look at ----------------------------------------------

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

    @api.depends("code")
    def _compute_code_hint(self):
        for card in self:
            masked = card.is_enrolment and (card.code or "").startswith(MASK)
            ending = card.code[len(MASK) :].rpartition("-")[0] if masked else ""
            card.code_hint = f"…{ending}" if ending else False

    # --- codes, made and kept -------------------------------------------------------

    @api.model
    def _code_values(self, kind, code=None):
        """Return what is stored for a new code, or for *code* that was given from outside.

        Enrolments of other kinds open by their holder or card; what stands there opens nothing.
        """
        if kind not in BEARER_KINDS:
            return {"code": f"{MASK}-{secrets.token_hex(16)}", "code_nonce": False}
        nonce = False if code else secrets.token_hex(16)
        return {"code": self._kept_code(code or self._code_of(nonce)), "code_nonce": nonce}

    @api.model
    def _kept_code(self, code):
        """Return *code* as it is stored: of a short one the hint shows a third at most."""
        code = code.strip()
        hint = code[-min(HINT, len(code) // 3) :] if len(code) > 2 else ""
        return f"{MASK}{hint}-{self.env['customer.card.medium']._hash('voucher', code)[:32]}"

    @api.model
    def _code_of(self, nonce):
        """Return the code of a nonce: 80 bits that need the pepper, easy to read and to type."""
        pepper = self.env["customer.card.medium"]._pepper()
        number = int.from_bytes(hmac.digest(pepper, f"voucher code:{nonce}".encode(), "sha256"))
        signs = [SYMBOLS[number >> 5 * at & 31] for at in range(GROUPS * GROUP)]
        return "-".join("".join(signs[at::GROUPS]) for at in range(GROUPS))

    @api.model
    def _with_codes(self, vals_list):
        """Return the values of new cards with what is kept of our enrolments' codes."""
        programs = self.env["loyalty.program"].sudo()
        return [
            {
                **vals,
                **self._code_values(programs.browse(vals["program_id"]).kind, vals.get("code")),
            }
            if vals.get("is_enrolment") and vals.get("program_id")
            else vals
            for vals in vals_list
        ]

    # --- codes, typed ---------------------------------------------------------------

    @api.model
    def _by_code(self, typed):
        """Return the voucher or coupon that *typed* opens, or an empty one.

        A code of ours may be typed in small letters, with blanks, without dashes.
        """
        typed = (typed or "").strip()[:100]
        if not typed:
            return self.browse()
        plain = typed.upper().replace("-", "").replace(" ", "")
        grouped = "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))
        try:
            kept = [self._kept_code(code) for code in (typed, typed.upper(), grouped)]
        except UserError:  # without a pepper there are no such codes, and native ones go on
            return self.browse()
        found = self.search([("code", "in", kept), ("is_enrolment", "=", True)])
        return found.sorted(lambda card: kept.index(card.code))[:1]

    @api.model
    def _typed(self, code):
        """Return *code* for a native look-up: what stands in the database instead opens nothing."""
        code = (code or "").strip()
        return "?" if code.startswith(MASK) else code

    def _is_code(self, typed):
        """Return whether *typed* opens this card, native or ours."""
        self.ensure_one()
        if self.is_enrolment:
            return self.sudo()._by_code(typed) == self
        return bool(typed) and typed.upper() == (self.code or "").upper()

    # --- codes, shown ---------------------------------------------------------------

    def _clear_code(self):
        """Return the code in clear text, or "" when it was given from outside."""
        self.ensure_one()
        nonce = self.sudo().code_nonce
        return self._code_of(nonce) if nonce else ""

    def _first_code(self):
        """Return the code for the receipt of who sold it just now, else ""; noted and logged."""
        self.ensure_one()
        card, now = self.sudo(), fields.Datetime.now()
        is_first = (
            card.create_uid == self.env.user and (card.code_shown_at or now) > now - JUST_SOLD
        )
        code = card._clear_code() if is_first else ""
        if code:
            card._note_shown(now)
        return code

    def _note_shown(self, now):
        _logger.info("user %s was shown the code of loyalty.card %s", self.env.uid, self.id)
        if not self.code_shown_at:
            self.with_context(tracking_disable=True).code_shown_at = now

    def action_show_code(self):
        """Show the code to who sold it just now, or to a manager, who is named in the chatter.

        :raises AccessError: neither
        :raises UserError: it was given from outside, so that nobody has it
        """
        self.ensure_one()
        self.check_access("read")
        code = self._first_code()
        if not code:
            code = self._code_for_manager()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": self.program_id.name, "message": code, "sticky": True},
        }

    def _code_for_manager(self):
        if not self.env.user.has_group("customer_card.group_manager"):
            _logger.warning(
                "user %s may not see the code of loyalty.card %s", self.env.uid, self.id
            )
            raise AccessError(
                self.env._("The code was shown when it was sold. A card manager can show it again.")
            )
        card = self.sudo()
        if card.kind not in BEARER_KINDS or not card.code_nonce:
            raise UserError(
                self.env._(
                    "Nobody can read this code: it was not made here. Take it from the voucher"
                    " itself, or give the customer a new one."
                )
            )
        card._note_shown(fields.Datetime.now())
        card.message_post(
            body=self.env._("%s was shown the code.", self.env.user.name),
            author_id=self.env.user.partner_id.id,
        )
        return card._clear_code()
