import math

from odoo import api, fields, models
from odoo.addons.customer_card.exceptions import CardNotUsable
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.exchange import exchanged
from odoo.addons.customer_card.rules.kinds import BEARER_KINDS, MONEY_KINDS, VALUE_KINDS
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .sale_order_frozen import server_step


class SaleOrder(models.Model):
    """Paying a quotation with stored value and vouchers; redeeming discount vouchers.

    :source: seed 002, Gutscheinartikel; Sichtbarkeit; Nur in ein Angebot einfügbar
    """

    _inherit = "sale.order"

    card_amounts = fields.Json(
        copy=False, help="Amounts chosen below the maximum, by enrolment; else the maximum."
    )
    card_credit = fields.Monetary(compute="_compute_card_credit", string="Credit")
    card_credit_text = fields.Char(compute="_compute_card_credit")
    card_coupon_text = fields.Char(compute="_compute_card_credit")

    @api.depends("partner_id", "customer_card_id", "order_line.points_cost", "state")
    def _compute_card_credit(self):
        for order in self:
            cards = self.env["loyalty.card"]
            if order.state in ("draft", "sent"):
                with order._reckoning():
                    cards = order._redeemable_cards()
            money = cards.filtered(lambda card: card.kind in MONEY_KINDS)
            coupons = cards.filtered(lambda card: card.kind == "coupon")
            order.card_credit = sum(order._free_amount(card) for card in money)
            order.card_credit_text = order.card_coupon_text = False
            if order.card_credit:
                order.card_credit_text = self.env._(
                    "%s credit available",
                    formatLang(self.env, order.card_credit, currency_obj=order.currency_id),
                )
            if coupons:
                order.card_coupon_text = self.env._(
                    "Voucher available: %s", ", ".join(coupons.program_id.mapped("name"))
                )

    def _free_amount(self, card):
        """Return what this order can still take from *card*, in the order's currency."""
        return card.currency_id._convert(
            max(self._get_real_points_for_coupon(card), 0),
            self.currency_id or self.company_id.currency_id,
            self.company_id,
            self._get_card_day(),
        )

    # --- which cards ----------------------------------------------------------------------

    def _live_card_domain(self):
        card = self.customer_card_id.filtered(lambda card: card.state == "active")
        return self.env["loyalty.program"]._live_enrolment_domain(
            self.partner_id, card, self._get_card_day()
        )

    @api.model
    def _redeemable_kinds(self):
        """Return the kinds that a click redeems here; glue adds to them."""
        return VALUE_KINDS

    def _redeemable_cards(self):
        """Return the credit and vouchers of the customer or the presented card with a rest."""
        kinds = self._redeemable_kinds()
        programs = self._usable_card_programs().filtered(lambda program: program.kind in kinds)
        if not programs:
            return self.env["loyalty.card"]
        # What ends first is spent first; no end comes last.
        cards = self.env["loyalty.card"].search(
            [("program_id", "in", programs.ids), *self._live_card_domain()],
            order="expiration_date, id",
        )
        return cards.filtered(
            lambda card: not self._nothing_left(card) and not self._redeem_refusal(card)
        )

    def _nothing_left(self, card):
        """Return the sentence that this order can take nothing (more) from *card*, or ""."""
        if self._get_real_points_for_coupon(card) >= card.program_id.reward_ids[:1].required_points:
            return ""
        if others := self._other_holders(card):
            return self.env._(
                "Nothing is left of %(program)s: %(others)s.",
                program=card.program_id.name,
                others=others,
            )
        return self.env._("%s has already been used.", card.program_id.name)

    def _redeem_refusal(self, card):
        """Return the sentence why *card* cannot be redeemed in this order, or an empty one."""
        program = card.program_id
        if program.redeem_channel == "pos":
            return self.env._("%s can be redeemed at the point of sale only.", program.name)
        own = card.filtered_domain(self._live_card_domain())
        if not own and card not in self._code_cards():
            return self.env._(
                "%s cannot be redeemed here: it belongs to somebody else, or is blocked or over.",
                program.name,
            )
        if not program.filtered_domain(self._get_program_domain()):
            return self.env._("%s does not apply to this quotation.", program.name)
        if refusal := self._exchange_refusal(program):
            return refusal
        if other := self._other_quotation(card):
            return self.env._(
                "%(program)s is part of %(order)s already. Take it out there or cancel %(order)s.",
                program=program.name,
                order=other.name,
            )
        return ""

    def _exchange_refusal(self, program):
        """Return why the order's currency cannot be exchanged for the program's, or ""."""
        try:
            exchanged(
                1, self.currency_id, program.currency_id, self.company_id, self._get_card_day()
            )
        except UserError as refusal:
            return str(refusal)
        return ""

    def _other_quotation(self, card):
        """Return the order that uses what only one quotation may use (AP-23, EX-05, I10)."""
        if not card.program_id.one_quotation:
            return self.browse()
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("coupon_id", "=", card.id),
                    ("reward_id", "!=", False),
                    ("order_id", "!=", self._origin.id),
                    ("state", "!=", "cancel"),
                ]
            )
        )
        # A voucher belongs to the order that used it; an account is free again after each one.
        used_up = card.kind in BEARER_KINDS
        return lines.order_id.filtered(
            lambda order: used_up if order.state == "sale" else not order._is_over()
        )[:1]

    # --- redeeming ------------------------------------------------------------------------

    def action_redeem_credit(self):
        """Pay as much of this quotation as the customer's credit and vouchers reach (AP-56)."""
        self.ensure_one()
        self.check_access("write")
        for card in self._redeemable_cards().filtered(lambda card: card.kind in MONEY_KINDS):
            if self.currency_id.compare_amounts(self._payable(), 0) > 0:
                self._redeem(card)
        return True

    def action_redeem_coupon(self):
        """Redeem the customer's discount vouchers in this quotation."""
        self.ensure_one()
        self.check_access("write")
        for card in self._redeemable_cards().filtered(lambda card: card.kind == "coupon"):
            self._redeem(card)
        return True

    def _redeem(self, card, amount=None):
        """Redeem *card* in this order, at most *amount* of the order's currency.

        :param amount: None for the largest possible amount
        :raises UserError: the sentence to show; nothing was reserved
        """
        self.ensure_one()
        refusal = self._redeem_refusal(card)
        if refusal := refusal or (not self._lines_of(card) and self._nothing_left(card)):
            raise CardNotUsable(refusal)
        with server_step():
            if card not in self.applied_coupon_ids:
                self.applied_coupon_ids |= card
            amounts = {**(self.card_amounts or {}), str(card.id): amount}
            self.card_amounts = {one: wish for one, wish in amounts.items() if wish}
        for reward in card.program_id.reward_ids[:1]:
            if reward in self._lines_of(card).reward_id:
                continue
            if error := self._apply_program_reward(reward, card).get("error"):
                raise UserError(error)
        self._update_programs_and_rewards()
        if not self._lines_of(card):
            raise UserError(
                self.env._("Nothing of this order can be paid with %s.", card.program_id.name)
            )

    def _lines_of(self, card):
        return self.order_line.filtered(lambda line: line.coupon_id == card and line.reward_id)

    def _redeemed(self, card):
        """Return the amount that *card* pays of this order."""
        return -sum(self._lines_of(card).mapped("price_total"))

    def _payable(self):
        """Return what credit may still pay: the total, but no sold credit.

        Credit bought with credit would never run out where 115 are sold for 100.
        """
        credit = self.order_line.filtered(lambda line: line.card_program_id.kind in MONEY_KINDS)
        return self.currency_id.round(self.amount_total - sum(credit.mapped("price_total")))

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        lines = super()._get_reward_values_discount(reward, coupon, **kwargs)
        if reward.program_id.kind not in MONEY_KINDS:
            return lines
        limit = self._payable()
        if wish := self._chosen_amount(coupon):
            limit = min(limit, wish)
        if limit <= 0:
            raise UserError(
                self.env._("Nothing of this order can be paid with %s.", reward.program_id.name)
            )
        reward.discount_line_product_id._mark_as_payment()
        limit = self.currency_id._convert(
            limit, reward.currency_id, self.company_id, self._get_card_day()
        )
        program = reward.program_id.with_context(lang=self._get_lang())
        for line in lines:
            line["name"] = program.redeem_product_id.name or program.name
            if line["points_cost"] > limit:
                price = exact(line["price_unit"]) * exact(limit) / exact(line["points_cost"])
                line["price_unit"] = self.currency_id.round(float(price))
                line["points_cost"] = limit
        return lines

    def _chosen_amount(self, card):
        """Return the amount chosen for *card*, or 0 for the maximum; clients may send anything."""
        amounts = self.card_amounts if isinstance(self.card_amounts, dict) else {}
        wish = amounts.get(str(card.id))
        return max(wish, 0) if isinstance(wish, int | float) and math.isfinite(wish) else 0

    def _apply_program_reward(self, reward, coupon, **kwargs):
        if reward.program_id != coupon.program_id:
            return {"error": self.env._("This reward belongs to another program.")}
        if coupon.is_enrolment and self.state == "sale":
            return {"error": self.env._("This order is confirmed: redeem before confirming.")}
        if coupon.is_enrolment and (refusal := self._redeem_refusal(coupon)):
            return {"error": refusal}
        return super()._apply_program_reward(reward, coupon, **kwargs)

    def _update_programs_and_rewards(self):
        """Take off what this order may not redeem any more: another's card, or a blocked one."""
        lines = self.order_line.filtered(
            lambda line: (
                line.coupon_id.is_enrolment
                and line.reward_id
                and (
                    line.reward_id.program_id != line.coupon_id.program_id
                    or self._redeem_refusal(line.coupon_id)
                )
            )
        )
        if lines and self.state in ("draft", "sent"):
            with server_step():
                self.applied_coupon_ids -= lines.coupon_id
                self.write({"order_line": [fields.Command.delete(line.id) for line in lines]})
        return super()._update_programs_and_rewards()
