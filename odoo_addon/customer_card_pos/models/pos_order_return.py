"""What refunds take back: programs of ours, and Odoo's own credit."""

from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS

from .pos_order_redemption import CENT
from .pos_order_value import ZERO


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _take_back_programs(self, found):
        for origin in self.lines.refunded_orderline_id:
            if origin.product_id.is_card_program and origin._sells_for_itself():
                self._never_refuse(found, self._take_back_sold, origin.sudo())
            elif origin._tops_up():
                self._never_refuse(found, self._take_back_top_up, origin.sudo())

    def _take_back_native_points(self, found):
        """Take back what returned goods had earned on Odoo's own loyalty cards, if it is left.

        Odoo leaves that to the browser, which a cashier may close.
        """
        returned = self.lines.filtered(lambda line: line._is_return()).refunded_orderline_id
        for origin in returned.order_id.sudo():
            cards = origin._get_cards_used().filtered(
                lambda card: not card.kind and card.program_id.program_type == "loyalty"
            )
            before = origin._get_native_points(cards.program_id, before=self)
            after = origin._get_native_points(cards.program_id)
            for card in cards:
                earned = sum(before[card.program_id], ZERO)
                due = earned - sum(after[card.program_id], ZERO)
                due -= self._get_native_spent(origin, card, earned)
                part = min(due, exact(card.points) - exact(card.held))
                if part > 0:
                    card._post(
                        -part,
                        key=f"return:pos.order:{self.id}:{origin.id}:{card.id}",
                        **{**origin._get_ledger_origin(), "reason": "reversal"},
                    )
                if due > max(part, ZERO):
                    note = self.env._(
                        "%(points)g points of %(name)s for returned goods were used already.",
                        points=float(due - max(part, ZERO)),
                        name=card.program_id.name,
                    )
                    found.told.append((self.env._("Taken back after use"), note))

    def _get_native_spent(self, origin, card, earned):
        """Return the points that a returned reward of Odoo's had cost, which Odoo keeps.

        :param earned: what *origin* brought to *card*; its booking is that, less what it spent
        """
        rewards = self.lines.refunded_orderline_id.filtered(
            lambda line: line.order_id == origin and line.sudo().coupon_id == card
        )
        if not rewards:
            return ZERO
        entries = self.env["loyalty.card.entry"].sudo()
        entries = entries.search(
            [*origin._origin_domain(), ("card_id", "=", card.id), ("reason", "!=", "reversal")]
        )
        return max(earned - sum((exact(entry.delta) for entry in entries), ZERO), ZERO)

    def _check_paid_out(self, found):
        """Tell a manager of money that goes out for goods which credit had paid.

        All refunds of a receipt count together: credit may come back with the first of them.
        """
        origins = self.lines.filtered(lambda line: line._is_return()).refunded_orderline_id.order_id
        if self._get_received()[0] >= 0 or not any(line._spends() for line in origins.lines):
            return
        refunds = origins.sudo().lines.mapped(lambda line: line._paid_refunds()).order_id
        paid_out = sum((max(-order._get_received()[0], ZERO) for order in refunds), ZERO)
        came = sum((order._get_own_funds().money for order in origins.sudo()), ZERO)
        if paid_out - came > CENT + self._get_rounding():
            note = self.env._(
                "%(out)s was paid out, although only %(came)s of what came back had been paid with"
                " money. The rest belongs back on the card.",
                out=self.currency_id.format(float(paid_out)),
                came=self.currency_id.format(float(came)),
            )
            found.told.append((self.env._("Credit paid out"), note))

    def _take_back_top_up(self, found, origin):
        """Take back the native credit that returned pieces had bought, as far as it is left.

        What Odoo had given above the price goes first, and is worth nothing.
        """
        mine = self.lines.filtered(
            lambda line: line.refunded_orderline_id == origin and line._is_return()
        )
        due = min(-sum((line._server_total() for line in mine), ZERO), origin._server_total())
        entries = self.env["loyalty.card.entry"].sudo()
        programs = origin._tops_up()
        entries = entries.search(
            [*origin.order_id._origin_domain(), ("card_id.program_id", "in", programs.ids)]
        )
        tops_up = origin.order_id.lines.filtered(lambda line: line._sells_other_value())
        price = sum((line._server_total() for line in tops_up), ZERO)
        added = sum((max(exact(entry.delta), ZERO) for entry in entries), ZERO)
        extra = exact(max(added / price - 1, ZERO)) if price > 0 else ZERO
        for card, booked in entries.grouped("card_id").items():
            given = sum((exact(entry.delta) for entry in booked), ZERO)
            bonus = exact(due * extra)
            part = min(due + bonus, given, exact(card.points) - exact(card.held))
            if part > 0:
                worth = max(part - bonus, ZERO)
                card._post(
                    -part,
                    key=f"return:pos.order.line:{mine[:1].id}:{card.id}",
                    **{**origin.order_id._get_ledger_origin(), "reason": "reversal"},
                )
                due -= worth
                found.taken_back[origin] = found.taken_back.get(origin, ZERO) + worth
        if due > 0:
            note = self.env._(
                "%(amount)s of %(name)s was refunded, but was used already.",
                amount=self.currency_id.format(float(due)),
                name=", ".join(programs.mapped("name")),
            )
            found.told.append((self.env._("Taken back after use"), note))

    def _take_back_sold(self, found, origin):
        """Take back the units of a sold line that refunds have paid back, no more (AP-32).

        What was used already is worth nothing: it can buy nothing else.
        """
        grants = self.env["loyalty.card.grant"].sudo()
        domain = [("origin_model", "=", origin._name), ("origin_id", "=", origin.id)]
        live = grants.search([*domain, ("state", "=", "live")])
        kept = origin.qty + sum(origin._paid_refunds().mapped("qty"))
        kept = int(max(exact(kept) - origin._credited_in_office(), ZERO))
        if not live or kept >= len(live):
            return
        before = {card: (exact(card.points), exact(card.paid)) for card in live.card_id}
        gone = live - grants._settle(
            origin._name,
            origin.id,
            kept,
            live.program_id[:1],
            back_note=self.pos_reference or self.name,
        )
        for card, undone in gone.grouped("card_id").items():
            given = sum((exact(grant.amount) for grant in undone), ZERO)
            paid = sum((exact(grant.paid) for grant in undone), ZERO)
            points, money = before[card]
            unused = (points - exact(card.points)) / given if given else exact(1)
            worth = paid * unused
            if card.kind in MONEY_KINDS:  # what is left may be bonus, which nobody has paid
                worth = min(paid, money - exact(card.paid))
            found.taken_back[origin] = found.taken_back.get(origin, ZERO) + worth
