from markupsafe import Markup

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import BEARER_TYPES
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# Whoever has the code may spend these, so they go on without a name.
MONEY = ("paid_out", "forfeit")


class CustomerCardErase(models.TransientModel):
    """Cutting a person from cards, programs and history. The bookings stay, without the name.

    Bookings are kept as long as bookkeeping asks (HGB §257, AO §147); who they were for is not
    needed any more (GDPR art. 17). Orders and invoices are not touched: they have laws of
    their own.
    """

    _name = "customer.card.erase"
    _description = "Erase card data"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    has_credit = fields.Boolean(compute="_compute_preview")
    settled = fields.Selection(
        [("paid_out", "It was paid out"), ("forfeit", "It is forfeited")],
        string="The credit",
        help="Credit is the customer's money. It does not lapse because the data are erased.",
    )
    note = fields.Char(string="Reason", required=True)

    def _enrolments(self):
        cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
        return cards.search([("partner_id", "=", self.partner_id.id)], order="id")

    def _cards(self):
        cards = self.env["customer.card"].sudo().with_context(active_test=False)
        return cards.search([("partner_id", "=", self.partner_id.id)])

    @api.depends("partner_id")
    def _compute_preview(self):
        for one in self:
            one.partner_id._check_card_companies()
            accounts, vouchers = one._split(one._enrolments())
            one.has_credit = any(card._holds_money() and card.points > 0 for card in accounts)
            one.preview = Markup("<ul>%s</ul>") % Markup("").join(
                Markup("<li>%s</li>") % line for line in one._preview(accounts, vouchers)
            )

    def _split(self, enrolments):
        vouchers = enrolments.filtered(lambda card: card.program_type in BEARER_TYPES)
        return enrolments - vouchers, vouchers

    def _preview(self, accounts, vouchers):
        cards = self._cards()
        media = cards.medium_ids.filtered(lambda one: not one.revoked_at)
        if cards:
            yield self.env._(
                "%(cards)s cards are blocked and have no holder any more; %(media)s chips and codes"
                " stop working.",
                cards=len(cards),
                media=len(media),
            )
        for card in accounts.filtered("points"):
            yield self.env._(
                "%(program)s: %(balance)s are booked out.",
                program=card.program_id.name,
                balance=card.points_display,
            )
        for card in vouchers.filtered("points"):
            yield self.env._(
                "%(program)s: %(balance)s stay on the voucher. Whoever has its code can use it.",
                program=card.program_id.name,
                balance=card.points_display,
            )
        yield self.env._(
            "%s entries stay in the history, without a name.",
            self.env["loyalty.card.entry"]
            .sudo()
            .search_count([("card_id", "in", (accounts | vouchers).ids)]),
        )
        yield self.env._("Orders, invoices and the contact itself are not touched.")

    # --- erase ------------------------------------------------------------------------

    def action_erase(self):
        """Book out what is left, then cut the person. Nothing is erased when a step is refused."""
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may erase card data."))
        self.partner_id.check_access("write")
        self.partner_id._check_card_companies()
        enrolments, cards = self._enrolments(), self._cards()
        if enrolments:
            enrolments._lock()
        accounts, vouchers = self._split(enrolments)
        self._check(accounts, vouchers)
        for account in accounts.filtered("points"):
            self._book_out(account)
        accounts.with_context(tracking_disable=True).write({"blocked": True})
        self._cut(enrolments, cards)
        self.env.flush_all()
        self.partner_id.sudo()._erase_card_traces(enrolments, cards)
        self.env.invalidate_all()
        self.partner_id.message_post(body=self.env._("Card data were erased: %s", self.note))
        return {"type": "ir.actions.act_window_close"}

    def _check(self, accounts, vouchers):
        if not (self.note or "").strip():
            raise UserError(self.env._("Say why: the reason stays at the contact."))
        for card in accounts | vouchers:
            card._release_due("")
            if card.held:
                raise UserError(
                    self.env._(
                        "%s is reserved by an open order. Finish or cancel the order first.",
                        card.program_id.name,
                    )
                )
            if card.points < 0:
                raise UserError(
                    self.env._(
                        "%s is overdrawn. Correct its balance to 0 first.", card.program_id.name
                    )
                )
            if card in accounts and card._holds_money() and card.points and not self.settled:
                raise UserError(
                    self.env._(
                        "%(balance)s are left on %(program)s. Pay them out first, then say so"
                        " here, or say that they are forfeited.",
                        balance=card.points_display,
                        program=card.program_id.name,
                    )
                )

    def _book_out(self, account):
        """Book the rest out; counters keep what was used and have nothing left."""
        values = {}
        if account._holds_money():
            values = {"paid_delta": -account.paid, "bonus_delta": -account.bonus}
        for counter in account.allowance_ids.filtered(lambda one: not one.unlimited):
            counter.quantity = counter.used
        account._post(
            -exact(account.points),
            key=f"erase:{account.id}:{account.entry_seq}",
            reason=self.settled if account._holds_money() else "forfeit",
            user_id=self.env.uid,
            **values,
        )

    def _cut(self, enrolments, cards):
        """Take the person off: live chips, holder, partner, and the plain id on the entries.

        Law 3's door stands open for this one statement: the figures do not change.
        """
        cards.medium_ids.filtered(lambda one: not one.revoked_at).action_revoke()
        enrolments.with_context(tracking_disable=True).write({"partner_id": False})
        self.env.flush_all()
        if cards:
            self.env.cr.execute(
                SQL(
                    "UPDATE customer_card SET partner_id = NULL, state = 'blocked', active = FALSE"
                    " WHERE id IN %s",
                    tuple(cards.ids),
                )
            )
        self.env.cr.execute("SET LOCAL customer_card.ledger = 'open'")
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_card_entry SET partner_id = NULLIF(partner_id, %(person)s),"
                " recipient_id = NULLIF(recipient_id, %(person)s)"
                " WHERE partner_id = %(person)s OR recipient_id = %(person)s",
                person=self.partner_id.id,
            )
        )
        self.env.cr.execute("SET LOCAL customer_card.ledger = ''")
        self.env.invalidate_all()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_erase_card_data(self):
        """Show what would happen, for a manager."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase card data"),
            "res_model": "customer.card.erase",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
