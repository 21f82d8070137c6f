import re

from odoo import api, models
from odoo.addons.customer_card.exceptions import BalanceTooLow
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.quick_repeat import repeated
from odoo.addons.customer_card.lib.row_id import row_id
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.exceptions import AccessError, UserError

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class PosOrder(models.Model):
    """Before an order is paid it reserves what it spends (law 6)."""

    _inherit = "pos.order"

    @api.model
    @repeated
    def prepare_card_payment(self, uuid, values):
        """Check what an open order sells and reserve what it spends, all of it or nothing.

        Safe to repeat: the reservations become what this call asks for, and they end after
        15 minutes.

        :param values: ``partner_id``, ``customer_card_id``, ``pricelist_id``, ``config_id`` (or
            False), ``spends`` (``card_id``, ``points`` in the card's unit, the ``code`` that was
            typed), ``sales`` (``product_id``, ``price_unit``, ``qty``, ``discount`` in percent),
            ``on_account`` the amount that goes on the account of an on-account card
        :return: ``refusal`` the sentence for the seller, or ""; ``points`` what is left on each
            card that this order may use; ``unusable`` the cards whose lines must go; ``held``
            whether anything is reserved
        """
        self._check_card_payment(uuid)
        values = self._read_payment(values)
        partner = self.env["res.partner"].browse(values["partner_id"] or ()).exists()
        config = self._get_till_of(values["config_id"])
        cards = self.env["loyalty.card"]
        customer_card = cards._presented_card(values["customer_card_id"], uuid)
        spends = {spend["card_id"]: spend for spend in values["spends"] if spend["card_id"]}
        known = cards.sudo().browse(spends).exists().filtered(cards._is_of_till(config))
        opened = cards._open_to_order(partner, customer_card)[1]
        opening = {
            card: card in opened or card._opens_by(partner, spends[card.id].get("code"))
            for card in known
        }
        carrier = customer_card or self._get_blank_card(values["customer_card_id"])
        refusal = self._get_sale_refusal(
            values["sales"], values["pricelist_id"], partner, carrier, config
        )
        if not refusal and values["on_account"]:
            card = self.env["customer.card"].browse(values["customer_card_id"] or ()).exists()
            refusal = self._get_account_refusal(partner, card, uuid, values["on_account"])
        unusable = [card_id for card_id in spends if card_id not in known.ids]
        if unusable:
            refusal = self.env._(
                "A card of this order does not exist any more. Its line was taken off."
            )
        by_card = self._spent_by_card(known & opened, spends, partner)
        if not refusal and (refusal := self._get_copy_refusal(customer_card, uuid, by_card)):
            unusable = list(by_card)
        try:
            with self.env.cr.savepoint():
                self._release_card_holds(uuid, keep=known)
                for card in known.sorted("id"):
                    points = exact(spends[card.id]["points"])
                    if not refusal and (refusal := card._get_spend_refusal(opening[card])):
                        unusable.append(card.id)
                    if refusal:
                        break
                    hold = card._reserve(points, kind="pos", key=card._pos_key(uuid))
                    hold._note_order(partner, customer_card)
        except BalanceTooLow:
            low = next(
                card
                for card in known.sorted("id")
                if exact(spends[card.id]["points"]) > card._free(card._pos_key(uuid))
            )
            refusal = low._get_pos_refusal(max(low._free(low._pos_key(uuid)), 0))
        if refusal:
            self._release_card_holds(uuid)
        return {
            "refusal": refusal,
            "unusable": unusable,
            "points": {
                card.id: float(card._free(card._pos_key(uuid))) for card in known if opening[card]
            },
            "held": bool(known) and not refusal,
        }

    @api.model
    def _read_payment(self, values):
        """Return what a till sent to ``prepare_card_payment``, each value of its kind.

        :raises UserError: it is of another shape, or a number that is none
        """
        names = ("partner_id", "customer_card_id", "pricelist_id", "config_id")
        try:
            return {
                **{name: row_id(values.get(name)) for name in names},
                "spends": [
                    {
                        "card_id": row_id(spend["card_id"]),
                        "points": exact(spend["points"]),
                        "code": str(spend.get("code") or ""),
                    }
                    for spend in values.get("spends") or ()
                ],
                "sales": [
                    {
                        "product_id": row_id(sale["product_id"]),
                        **{
                            name: float(exact(sale.get(name) or default))
                            for name, default in (("price_unit", 0), ("discount", 0), ("qty", 1))
                        },
                    }
                    for sale in values.get("sales") or ()
                ],
                "on_account": float(exact(values.get("on_account"))),
            }
        except (AttributeError, KeyError, TypeError) as error:
            raise UserError(
                self.env._("This order cannot be read. Reload the page and try again.")
            ) from error

    @api.model
    def _get_till_of(self, config_id):
        """Return the point of sale that asks; only the caller's own companies have one."""
        config = self.env["pos.config"].browse(config_id or ()).exists()
        config.check_access("read")
        return config.sudo().filtered(lambda one: one.company_id in self.env.companies)

    @api.model
    def _spent_by_card(self, opened, spends, partner):
        """Return ``{id: points}`` of the money that the presented card, and no code, opens."""
        return {
            card.id: exact(spends[card.id]["points"])
            for card in opened
            if card.kind in MONEY_KINDS and not card._opens_by(partner, spends[card.id].get("code"))
        }

    @api.model
    def _get_copy_refusal(self, customer_card, uuid, by_card):
        events = self.env["customer.card.event"]
        return events._spend_refusal(customer_card, f"pos.order,{uuid}", sum(by_card.values()))

    @api.model
    def release_card_payment(self, uuid):
        """Give back what an open order reserved: it is changed, emptied or deleted."""
        self._check_card_payment(uuid)
        self._release_card_holds(uuid)
        return True

    def _check_card_payment(self, uuid):
        self.browse().check_access("create")
        if not UUID.fullmatch(str(uuid)):
            raise UserError(self.env._("This order has no valid number. Reload the page."))
        if self.sudo().search_count([("uuid", "=", uuid), ("state", "!=", "draft")], limit=1):
            raise AccessError(self.env._("This order is closed already."))

    @api.model
    def _release_card_holds(self, uuid, keep=None):
        if not UUID.fullmatch(str(uuid)):
            return
        holds = (
            self.env["loyalty.card.hold"]
            .sudo()
            .search([("key", "=like", f"pos.order:{uuid}:%"), ("state", "=", "open")])
        )
        for hold in holds.filtered(lambda hold: not keep or hold.card_id not in keep):
            hold.card_id._release_hold(hold.key)
            hold.given_back = True
