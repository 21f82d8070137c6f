from odoo import api, fields, models
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.exceptions import UserError


class SaleOrderRedeem(models.TransientModel):
    """Redeem less than the largest possible amount (AP-56, I15)."""

    _name = "sale.order.redeem"
    _description = "Redeem credit in a quotation"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    available_card_ids = fields.Many2many("loyalty.card", compute="_compute_available_card_ids")
    card_id = fields.Many2one(
        "loyalty.card",
        string="Credit",
        required=True,
        compute="_compute_card_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('id', 'in', available_card_ids)]",
    )
    maximum = fields.Monetary(compute="_compute_maximum")
    amount = fields.Monetary(
        required=True, compute="_compute_amount", store=True, readonly=False, precompute=True
    )

    @api.model
    def _offered_kinds(self):
        """Return the kinds of which less than possible can be redeemed; glue adds to them."""
        return MONEY_KINDS

    @api.depends("order_id")
    def _compute_available_card_ids(self):
        kinds = self._offered_kinds()
        for wizard in self:
            order = wizard.order_id
            used = order.order_line.filtered("reward_id").coupon_id
            cards = (order._redeemable_cards() | used) if order else used
            wizard.available_card_ids = cards.filtered(
                lambda card: card.is_enrolment and card.kind in kinds
            )

    @api.depends("available_card_ids")
    def _compute_card_id(self):
        for wizard in self:
            wizard.card_id = wizard.available_card_ids[:1]

    @api.depends("card_id")
    def _compute_maximum(self):
        for wizard in self:
            order, card = wizard.order_id, wizard.card_id
            if not order or not card:
                wizard.maximum = 0
                continue
            redeemed = order._redeemed(card)
            wizard.maximum = min(order._free_amount(card) + redeemed, order._payable() + redeemed)

    @api.depends("maximum")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.maximum

    def action_redeem(self):
        """Redeem the amount entered."""
        self.ensure_one()
        self.order_id.check_access("write")
        currency = self.currency_id
        if currency.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("Enter an amount above zero."))
        if currency.compare_amounts(self.amount, self.maximum) > 0:
            raise UserError(
                self.env._(
                    "At most %s can be redeemed in this quotation.",
                    currency.format(self.maximum),
                )
            )
        is_all = currency.compare_amounts(self.amount, self.maximum) == 0
        self.order_id._redeem(self.card_id, None if is_all else self.amount)
        return {"type": "ir.actions.act_window_close"}
