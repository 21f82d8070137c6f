from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.addons.customer_card.exceptions import BalanceTooLow, CardNotUsable
from odoo.addons.customer_card.lib.exact import exact, shown
from odoo.addons.customer_card.lib.shop_day import begin_of
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS

from .sale_order_ledger import is_confirming

# Orders whose reservations are brought up to date when the running step is through.
_WAITING = ContextVar("waiting", default=None)
RESERVING_FIELDS = {"order_line", "state", "validity_date", "applied_coupon_ids"}


class SaleOrder(models.Model):
    """A quotation reserves what it redeems, so that two of them never spend the same credit.

    Reserved from the line on, given back when the line goes, the quotation is cancelled, deleted
    or over (I10), spent when it is confirmed. Native gift cards and points are reserved, too.
    """

    _inherit = "sale.order"

    def _hold_key(self, card):
        """Return the name of this order's reservation on *card*; an unsaved order has none."""
        return f"sale.order:{self._origin.id}:{card.id}" if self._origin else None

    def _open_holds(self):
        return (
            self.env["loyalty.card.hold"]
            .sudo()
            .search([("key", "=like", f"sale.order:{self.id}:%"), ("state", "=", "open")])
        )

    def _is_over(self):
        """Tell whether the quotation's last valid day has passed where the shop is."""
        today = self.env["loyalty.card"]._today(self.company_id)
        return bool(self.validity_date) and self.validity_date < today

    def _end_of_validity(self):
        """Return the end of the last valid day in UTC, or False."""
        if not self.validity_date:
            return False
        return begin_of(self.company_id, self.validity_date + timedelta(days=1))

    def _credit_needs(self):
        """Return ``{card: Decimal}``: what the rewards of this order take from each card."""
        needs = defaultdict(Decimal)
        for line in self.order_line:
            if line.reward_id and line.coupon_id and line.coupon_id._is_ledgered():
                needs[line.coupon_id] += exact(line.points_cost)
        for row in self.coupon_point_ids:
            # What the order itself earns may be spent in it, unless it is for the next one.
            if row.coupon_id in needs and row.coupon_id.program_id.applies_on != "future":
                needs[row.coupon_id] -= exact(row.points)
        return {card: need for card, need in needs.items() if need > 0}

    @contextmanager
    def _reserving(self):
        """Bring the reservations of these orders up to date once, after the code inside."""
        waiting = _WAITING.get()
        if waiting is not None:
            waiting.update(self.ids)
            yield
            return
        waiting = set(self.ids)
        token = _WAITING.set(waiting)
        try:
            yield
        finally:
            _WAITING.reset(token)
        self.browse(sorted(waiting)).exists()._reserve_credit()

    def _reserve_credit(self, confirming=False):
        """Let the reservations be what the orders redeem now; nothing changed books nothing.

        :raises BalanceTooLow: somebody else has reserved or spent it meanwhile
        """
        for order in self.sudo():
            if order.state == "sale" and is_confirming():
                continue  # spent in a moment, by the same confirmation
            open_now = confirming or (order.state in ("draft", "sent") and not order._is_over())
            needs = order._credit_needs() if open_now else {}
            order._check_copied_card(needs)
            holds = order._open_holds()
            for card in (holds.card_id | self.env["loyalty.card"].union(*needs)).sorted("id"):
                hold = holds.filtered(lambda hold, card=card: hold.card_id == card)
                order._reserve_on(card.sudo(), hold, needs.get(card, exact(0)))

    def _check_copied_card(self, needs):
        """Refuse what a card known by its serial number only would spend beyond the limit.

        :raises CardNotUsable: the redemption that is being added stays out
        """
        money = {
            card: need
            for card, need in needs.items()
            if card.kind in MONEY_KINDS
            and (card.kind != "voucher" or card.customer_card_id == self.customer_card_id)
        }
        held = self._open_holds().filtered(lambda hold: hold.card_id in money)
        if sum(money.values()) <= sum(exact(hold.amount) for hold in held):
            return  # nothing more than was redeemed before the card came
        refusal = self.env["customer.card.event"]._spend_refusal(
            self.customer_card_id, f"sale.order,{self.id}", sum(money.values())
        )
        if refusal:
            raise CardNotUsable(refusal)

    def _reserve_on(self, card, hold, need):
        until = self._end_of_validity()
        if need == exact(hold.amount) and hold.expires_at == until:
            return
        if not need and not hold:
            return
        try:
            card._reserve(
                need, kind="quotation", key=self._hold_key(card), expires_at=until or None
            )
        except BalanceTooLow as error:
            raise BalanceTooLow(self._too_little(card)) from error

    def _too_little(self, card):
        return self.env._(
            "Only %(left)s of %(program)s is still free for %(order)s: %(others)s."
            " Take the redemption off the order and redeem again.",
            left=shown(self.env, max(card._free(self._hold_key(card)), exact(0))),
            program=card.program_id.name,
            order=self.name,
            others=self._other_holders(card) or self.env._("the rest has been spent"),
        )

    def _other_holders(self, card):
        """Return a half-sentence naming the quotations that reserve the rest, or an empty one."""
        keys = card.sudo().hold_ids.filtered(lambda hold: hold.state == "open").mapped("key")
        ids = [int(key.split(":")[1]) for key in keys if key.startswith("sale.order:")]
        orders = self.sudo().browse(ids).exists() - self
        names = ", ".join(orders.mapped("name"))
        return names and self.env._("%s reserves the rest", names)

    # --- when ---------------------------------------------------------------------------

    def write(self, vals):
        if RESERVING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        with self._reserving():
            return super().write(vals)

    def unlink(self):
        holds = [(hold.card_id, hold.key) for order in self for hold in order._open_holds()]
        res = super().unlink()
        for card, key in holds:
            card._release_hold(key)
        return res

    def _update_programs_and_rewards(self):
        with self._reserving():
            return super()._update_programs_and_rewards()

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with self._reserving():
            return super()._apply_program_reward(reward, coupon, **kwargs)

    def _action_cancel(self):
        with self._reserving():
            return super()._action_cancel()

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """What others have reserved cannot be redeemed here."""
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        if coupon._is_ledgered():
            free = coupon._free(self._hold_key(coupon))
            points -= float(exact(coupon.sudo().points) - free)
        return coupon.currency_id.round(points)

    def _check_credit(self):
        """Refuse with a sentence what native code refuses without a reason.

        :raises BalanceTooLow: a card does not reach any more
        """
        for card, need in self.sudo()._credit_needs().items():
            if need > card._free(self._hold_key(card)):
                raise BalanceTooLow(self._too_little(card))

    def _add_loyalty_history_lines(self):
        """Spend the reservations: what they were for is booked right after this step.

        :raises BalanceTooLow: the order would take more than it has reserved
        """
        res = super()._add_loyalty_history_lines()
        if is_confirming():
            return res
        self._reserve_credit(confirming=True)
        needs = self.sudo()._credit_needs()
        captured = {
            hold.card_id: hold.card_id._capture_hold(hold.key) for hold in self._open_holds()
        }
        for card, need in needs.items():
            if need > captured.get(card, exact(0)):
                raise BalanceTooLow(self._too_little(card))
        return res


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if lines.coupon_id:
            with lines.order_id._reserving():
                pass  # the reservations follow when the outermost step is through
        return lines

    def write(self, vals):
        if not vals.keys() & {"points_cost", "coupon_id", "reward_id", "order_id"}:
            return super().write(vals)
        with self.order_id._reserving():
            return super().write(vals)

    def unlink(self):
        if not self.coupon_id:
            return super().unlink()
        with self.order_id._reserving():
            return super().unlink()
