"""Sales orders of card holders: which programs are open to them, and claiming them at once."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Writing one of these can change which programs apply, or what they give.
CARD_REWARD_FIELDS = {"order_line", "partner_id", "customer_card_id", "pricelist_id"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    customer_card_id = fields.Many2one(
        comodel_name="customer.card",
        help="The card presented for this order. Programs that require the card need it.",
        compute="_compute_customer_card_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    card_program_ids = fields.Many2many(
        comodel_name="loyalty.program",
        string="Card Programs",
        help="The discount programs of the customer or of the presented card that apply today.",
        compute="_compute_card_program_ids",
    )

    @api.depends("partner_id")
    def _compute_customer_card_id(self):
        """Drop the presented card when the order goes to somebody else than its holder."""
        for order in self:
            card = order.customer_card_id
            holder = card.sudo().partner_id
            order.customer_card_id = card if not holder or holder == order.partner_id else False

    @api.depends("partner_id", "customer_card_id", "company_id", "pricelist_id")
    def _compute_card_program_ids(self):
        for order in self:
            programs = order._find_card_programs()
            order.card_program_ids = (
                programs.filtered(lambda program: not program.parent_program_id)
                | programs.parent_program_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._auto_apply_card_rewards()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if not CARD_REWARD_FIELDS.isdisjoint(vals):
            self._auto_apply_card_rewards()
        return result

    def apply_card_programs(self):
        """Bring the card discounts of these quotations up to date, for callers over RPC."""
        self.check_access("write")
        self._auto_apply_card_rewards()
        return True

    def _auto_apply_card_rewards(self):
        """Put the discounts of the card programs into the quotations, without anybody's click."""
        if self.env.context.get("customer_card_applying"):
            return
        for order in self.with_context(customer_card_applying=True):
            if order.state in ("draft", "sent") and order._has_card_rewards():
                order._update_programs_and_rewards()
                if order._claim_card_rewards():
                    # Rewards reckon with the lines above them, and payments come last: only a
                    # second pass makes the total independent of the order of claiming.
                    order._update_programs_and_rewards()

    def _has_card_rewards(self):
        """Tell whether card programs concern the order: they apply, or have lines to remove."""
        return bool(
            self.order_line.reward_id.program_id.filtered("kind") or self._find_card_programs()
        )

    def _claim_card_rewards(self):
        claimed = False
        for coupon, rewards in self._get_claimable_rewards().items():
            # Points are the customer's to spend; only discounts come by themselves.
            if coupon.program_id.kind != "discount":
                continue
            for reward in rewards:
                try:
                    claimed |= "error" not in self._apply_program_reward(reward, coupon)
                except UserError:
                    continue  # the order has nothing this discount is for
        return claimed

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        """Name a card's discount line after its discount alone.

        Sales puts "Discount" before it, and the form would show that bare word as a second line.
        """
        lines = super()._get_reward_values_discount(reward, coupon, **kwargs)
        if reward.program_id.kind == "discount" and len(lines) == 1:
            lines[0]["name"] = reward.description
        return lines

    def _find_card_programs(self):
        """Return the discount programs that the customer's or the card's live enrolments open."""
        self.ensure_one()
        gate = self._get_card_gate()
        if not gate:
            return self.env["loyalty.program"]
        domain = Domain(self._get_program_domain()) & Domain("kind", "=", "discount") & gate
        return self.env["loyalty.program"].search(domain)

    def _get_card_gate(self):
        """Return the domain of our programs open to this order, or an empty one if none can be.

        :rtype: odoo.fields.Domain or None
        """
        self.ensure_one()
        if not self.partner_id and not self.customer_card_id:
            return None
        return Domain(
            self.env["loyalty.program"]._gate_domain(
                self.partner_id, self.customer_card_id, self._get_card_day()
            )
        )

    def _get_card_day(self):
        """Return the day that counts: today at the shop, or the day of an online payment.

        Native Sales takes UTC's day for a company without time zone. Around midnight that would be
        another day than the one on which the enrolment began.
        """
        paid = self.sudo().transaction_ids.filtered(lambda tx: tx.state in ("done", "authorized"))
        if paid:
            return self._get_confirmed_tx_create_date()
        return self.env["loyalty.card"]._today(self.company_id)

    def _get_program_domain(self):
        return self._open_card_gate(super()._get_program_domain(), "sale_ok")

    def _get_trigger_domain(self):
        return self._open_card_gate(
            super()._get_trigger_domain(), "program_id.sale_ok", inside="program_id"
        )

    def _open_card_gate(self, domain, leaf_name, inside=None):
        """Let the order's own card programs pass where native programs need ``sale_ok``.

        Card programs are never ``sale_ok``: without this module, or if the leaf is not found, they
        give nothing away. All other terms of *domain* (company, dates, pricelist) stay in force.
        The result is a plain list because website_sale_loyalty walks it.
        """
        gate = self._get_card_gate()
        if not gate:
            return domain
        if inside:
            gate = Domain(inside, "any", list(gate))
        opened = []
        for term in domain:
            is_leaf = not isinstance(term, str) and term[0] == leaf_name
            opened += ["|", term, *gate] if is_leaf else [term]
        return opened
