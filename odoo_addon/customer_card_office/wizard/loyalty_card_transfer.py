from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.addons.customer_card.rules.buckets import Buckets, spend
from odoo.addons.customer_card.rules.kinds import DISCOUNT_KINDS, HELD_ONCE_KINDS
from odoo.exceptions import AccessError, UserError


class LoyaltyCardTransfer(models.TransientModel):
    """A manager moves a program, or a part of its rest, to another customer or card (EX-14)."""

    _name = "loyalty.card.transfer"
    _description = "Transfer"

    card_id = fields.Many2one("loyalty.card", string="Program", required=True, readonly=True)
    kind = fields.Selection(related="card_id.kind")
    balance_text = fields.Char(related="card_id.balance_text")
    partner_id = fields.Many2one("res.partner", string="To the customer")
    customer_card_id = fields.Many2one(
        "customer.card",
        string="For this card only",
        help="The program is used with this card only. Empty: with any card of the customer.",
    )
    quantity = fields.Float(string="How much", digits=(16, 2), help="0: the whole program.")
    note = fields.Char(string="Reason", required=True)

    @api.onchange("customer_card_id")
    def _onchange_customer_card_id(self):
        self.partner_id = self.customer_card_id.order_partner_id or self.partner_id

    def action_transfer(self):
        """Book it out here and in there, once, and open the program of the other one.

        :raises UserError: to oneself, more than there is, or the other one cannot have it
        """
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may transfer a program."))
        for asked in (self.card_id, self.partner_id, self.customer_card_id):
            asked.check_access("read")
        if not (self.note or "").strip():
            raise UserError(self.env._("Say why: the reason stays in the history."))
        moved = self.card_id.sudo()._transfer_to(
            self.partner_id.sudo(),
            self.customer_card_id.sudo(),
            self.quantity,
            key=f"transfer:{self.id}",
            note=self.note.strip(),
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_loyalty_card_enrolment"
        )
        form = self.env.ref("customer_card.loyalty_card_view_form_enrolment")
        return {**action, "views": [(form.id, "form")], "res_id": moved.id}


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def action_open_transfer(self):
        """Ask to whom, how much and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer"),
            "res_model": "loyalty.card.transfer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_card_id": self.id},
        }

    def _transfer_to(self, partner, customer_card, quantity, *, key, note):
        """Move *quantity* of this enrolment, or all of it, and return the other one's enrolment.

        The term stays what it is. Two entries are booked that name each other and sum to 0.

        :param quantity: 0 for everything; this enrolment is over then
        :raises UserError: nothing was moved
        """
        self.ensure_one()
        done = self.env["loyalty.card.entry"].search([("key", "=", f"{key}:in")])
        if done:
            return done.card_id
        partner = self._transfer_holder(partner, customer_card)
        self._lock_holder(partner, customer_card)
        self._lock()
        self.invalidate_recordset()
        self._check_transfer(partner, customer_card, exact(quantity))
        target = self._transfer_target(partner, customer_card)
        if self.kind == "bonus_item":
            amount = self._move_counters(target, exact(quantity))
        else:
            amount = exact(quantity) or exact(self.points)
        self._post_transfer(target, amount, key, note)
        if not quantity:
            self.expiration_date = self._today(self.company_id) - timedelta(days=1)
        return target

    def _transfer_holder(self, partner, customer_card):
        holder = customer_card.order_partner_id
        if not partner and not customer_card:
            raise UserError(self.env._("Choose the customer or the card that gets the program."))
        if holder and partner and holder != partner:
            raise UserError(
                self.env._(
                    "Card %(number)s does not belong to %(holder)s.",
                    number=customer_card.number,
                    holder=partner.display_name,
                )
            )
        partner = holder or partner
        if (partner, customer_card) == (self.partner_id, self.customer_card_id):
            raise UserError(self.env._("The program is there already. Choose another customer."))
        return partner

    def _check_transfer(self, partner, customer_card, quantity):
        program = self.program_id
        if not self.is_enrolment or self.state not in ("active", "pending"):
            raise UserError(
                self.env._("%s is blocked or over: nothing was moved.", self.program_id.name)
            )
        left, counts = exact(self.left), program.kind != "discount" and not self.is_unlimited
        if (
            quantity < 0
            or (counts and not 0 < (quantity or left) <= left)
            or (not quantity and self.held)
        ):
            raise BalanceTooLow(
                self.env._(
                    "Only %(left)s of %(program)s can be moved.",
                    left=shown(self.env, left),
                    program=program.name,
                )
            )
        if quantity and (program.kind in DISCOUNT_KINDS or self.is_unlimited):
            raise UserError(self.env._("%s is moved as a whole only.", program.name))
        if customer_card:
            company = program.company_id
            if company and company not in customer_card.company_id.parent_ids:
                raise UserError(self.env._("This card belongs to another company."))
            refusal = customer_card._unusable_sentence() or customer_card._money_refusal(program)
            if refusal:
                raise UserError(refusal)
        program._limited_cards(partner, customer_card)._check_program_limit(program)

    def _transfer_target(self, partner, customer_card):
        """Return the other one's account, or a new enrolment with this one's term."""
        program, today = self.program_id, self._today(self.company_id)
        if program.kind in HELD_ONCE_KINDS:
            domain = program._live_enrolment_domain(partner, customer_card, today)
            found = self.search([*domain, ("program_id", "=", program.id)]) - self
            if found and program.kind == "discount":
                raise UserError(self.env._("%s is there already.", program.name))
            if found:
                return found[:1]
        target = self._create_enrolment(
            program, partner, customer_card, self.valid_from or today, self.side
        )
        target.write({"expiration_date": self.expiration_date, "term_total": self.term_total})
        return target

    def _move_counters(self, target, quantity):
        """Move *quantity* pieces, of what ends first, or all counters; return the pieces moved."""
        today, moved = self._today(self.company_id), exact(0)
        counters = self.allowance_ids.filtered(lambda one: not one.date_to or one.date_to >= today)
        wanted = quantity or sum((exact(one.remaining) for one in counters), exact(0))
        for counter in counters.sorted(lambda one: one._end()):
            part = min(exact(counter.remaining), wanted - moved)
            if part <= 0 and not counter.unlimited:
                continue
            counter.create(
                {
                    "card_id": target.id,
                    "program_line_id": counter.program_line_id.id,
                    "product_id": counter.product_id.id,
                    "date_from": counter.date_from,
                    "date_to": counter.date_to,
                    "unlimited": counter.unlimited,
                    "quantity": float(part),
                }
            )
            counter.quantity = float(exact(counter.quantity) - part)
            moved += part
        return moved

    def _post_transfer(self, target, amount, key, note):
        """Book it out here and in there; each entry names the other enrolment and its line."""
        parts = spend(Buckets(exact(self.paid), exact(self.bonus)), amount)
        name, cards = self.program_id.name, self | target
        names = {card: f"{name} {card.id} #{card.entry_seq + 1}" for card in cards}
        for card, other, way, sign in ((self, target, "out", -1), (target, self, "in", 1)):
            values = {"origin_model": self._name, "origin_id": other.id, "note": note}
            if card._holds_money():
                values["paid_delta"] = float(-sign * parts.paid)
                values["bonus_delta"] = float(-sign * parts.bonus)
            card._post(
                sign * amount,
                key=f"{key}:{way}",
                reason="transfer",
                origin_name=names[other],
                **values,
            )
