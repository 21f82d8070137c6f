"""Sales orders of card holders: which programs are open to them, and claiming them at once."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Programs open to an order, while its rewards are reckoned: asked for dozens of times.
_OPEN_PROGRAMS = ContextVar("open_programs", default=None)


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
        help="The programs of the customer or of the presented card that are active today.",
        compute="_compute_card_program_ids",
    )
    has_card_discounts = fields.Boolean(compute="_compute_card_program_ids")
    card_missing_text = fields.Char(compute="_compute_card_program_ids")

    @api.depends("partner_id")
    def _compute_customer_card_id(self):
        """Drop the presented card when the order goes to somebody else than its holder."""
        for order in self:
            card = order.customer_card_id
            holder = card.sudo().order_partner_id
            order.customer_card_id = card if not holder or order._is_customer(holder) else False

    def _is_customer(self, partner):
        """Tell whether *partner* is the customer of this order, or the one of whose address."""
        return partner in (self.partner_id | self.partner_id._card_customer())

    @api.depends("partner_id", "customer_card_id", "company_id", "pricelist_id")
    def _compute_card_program_ids(self):
        for order in self:
            programs = order._usable_card_programs()
            order.card_program_ids = programs.filtered(
                lambda program: not program.parent_program_id
            )
            order.has_card_discounts = "discount" in programs.mapped("kind")
            order.card_missing_text = order._card_missing_sentence(programs)

    def _card_missing_sentence(self, programs):
        """Say which programs of the customer wait for the card to be inserted, or nothing."""
        missing = programs._missing_card(self.partner_id, programs, self._get_card_day())
        if not missing:
            return False
        return self.env._(
            "Only with the card: %s. Let the customer insert it.",
            ", ".join(missing.mapped("name")),
        )

    def copy_data(self, default=None):
        """A copy redeems nothing: it would reserve the same credit once more."""
        copies = super().copy_data(default)
        for vals in copies:
            vals["order_line"] = [
                command for command in vals.get("order_line", ()) if not _is_reward(command)
            ]
        return copies

    def apply_card_programs(self):
        """Bring the card discounts of these quotations up to date, for callers over RPC."""
        self.check_access("write")
        self._auto_apply_card_rewards()
        return True

    def _auto_apply_card_rewards(self):
        """Put the discounts of the card programs into the quotations, without anybody's click."""
        if _OPEN_PROGRAMS.get() is not None:
            return  # native code is in the middle of writing reward lines
        for order in self:
            with order._reckoning():
                if order.state == "sale":
                    order._follow_confirmed()
                elif order.state in ("draft", "sent") and order._has_card_rewards():
                    order._update_programs_and_rewards()
                    if order._claim_card_rewards():
                        # Rewards reckon with the lines above them, and payments come last: only
                        # a second pass makes the total independent of the order of claiming.
                        order._update_programs_and_rewards()

    def _update_programs_and_rewards(self):
        """Reckon anew, also what was submitted for approval (base_tier_validation).

        Native code does so while confirming. It is no change of what was approved.
        """
        order = self.with_context(skip_validation_check=True)
        with self._reckoning():
            return super(SaleOrder, order)._update_programs_and_rewards()

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with self._reckoning():
            return super()._apply_program_reward(reward, coupon, **kwargs)

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

    def _find_card_programs(self):
        """Return the discount programs that the customer's or the card's live enrolments open."""
        return self._usable_card_programs().filtered(lambda program: program.kind == "discount")

    def _usable_card_programs(self):
        """Return the card programs open to this order in all terms: dates, pricelist, company."""
        with self._reckoning():
            return self._open_card_programs().filtered_domain(self._get_program_domain())

    @contextmanager
    def _reckoning(self):
        """Ask once for the programs open to an order while its rewards are reckoned."""
        if _OPEN_PROGRAMS.get() is not None:
            yield
            return
        token = _OPEN_PROGRAMS.set({})
        try:
            yield
        finally:
            _OPEN_PROGRAMS.reset(token)

    def _open_card_programs(self):
        """Return the programs that live enrolments of the customer or of the card open today.

        They are found by the database: an order must not load a program's thousand enrolments.
        """
        self.ensure_one()
        known = _OPEN_PROGRAMS.get()
        key = (self.id, self.partner_id.id, self.customer_card_id.id)
        if known is not None and key in known:
            return self.env["loyalty.program"].browse(known[key])
        programs = self.env["loyalty.program"]
        if self.partner_id or self.customer_card_id:
            gate = programs._gate_domain(
                self.partner_id, self.customer_card_id, self._get_card_day()
            )
            programs = programs.search(Domain(gate) & Domain("redeem_channel", "!=", "pos"))
        if known is not None:
            known[key] = programs.ids
        return programs

    def _get_card_gate(self):
        """Return the domain of our programs open to this order, or None if none is.

        :rtype: odoo.fields.Domain or None
        """
        programs = self._open_card_programs() | self._code_programs()
        return Domain("id", "in", programs.ids) if programs else None

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


def _is_reward(command):
    return command[0] == fields.Command.CREATE and bool(command[2].get("reward_id"))
