"""The baseline: the same actions by a plain odoorpc script, one call after the other.

It is what somebody writes who has odoorpc's documentation and an afternoon. It starts where our
chain has read the card, with its number; it has no reader, no screen and no history.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import odoorpc

from bench.shop import PASSWORD, SELLER, Card, Shop


class PlainScript:
    """A script of the seller's, signed in already."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        address = urlsplit(shop.odoo.url)
        odoo = odoorpc.ODOO(address.hostname, port=address.port, timeout=60)
        odoo.login(shop.odoo.database, SELLER, PASSWORD)
        self._env = odoo.env

    def look_up(self, card: Card) -> tuple[int, list[Any]]:
        """Search the card, read its customer, search his enrolments and browse them."""
        cards, enrolments = self._env["customer.card"], self._env["loyalty.card"]
        (found,) = cards.read(cards.search([("number", "=", card.number)]), ["partner_id"])
        customer = found["partner_id"][0]
        self._env["res.partner"].read([customer], ["name", "street", "zip", "city"])
        theirs = enrolments.browse(enrolments.search([("partner_id", "=", customer)]))
        return customer, [(one.program_id.name, one.points, one.expiration_date) for one in theirs]

    def quotation(self, customer: int) -> int:
        """Create the quotation."""
        return self._env["sale.order"].create({"partner_id": customer})

    def discount(self, quotation: int) -> float:
        """Add the article, apply the reward, read the total."""
        order = self._env["sale.order"]
        line = {"order_id": quotation, "product_id": self._shop.battery, "product_uom_qty": 1}
        self._env["sale.order.line"].create(line)
        if order.action_open_reward_wizard([quotation]) is not True:
            wizards = self._env["sale.loyalty.reward.wizard"]
            wizard = wizards.create({"order_id": quotation})
            (choice,) = wizards.read([wizard], ["reward_ids"])
            wizards.write([wizard], {"selected_reward_id": choice["reward_ids"][0]})
            wizards.action_apply([wizard])
        return order.read([quotation], ["amount_total"])[0]["amount_total"]

    def pos_order(self, customer: int) -> int:
        """Find the open session and create the order of Point of Sale."""
        sessions = self._env["pos.session"]
        open_now = [("config_id", "=", self._shop.pos), ("state", "=", "opened")]
        (session,) = sessions.search(open_now, limit=1)
        nothing = dict.fromkeys(("amount_tax", "amount_total", "amount_paid", "amount_return"), 0)
        values = {"session_id": session, "partner_id": customer, **nothing}
        return self._env["pos.order"].create(values)

    def issue(self, card: Card) -> float:
        """Look the card up and book one piece out of the stock, as a delivery; no counter."""
        customer, _ = self.look_up(card)
        kinds, pickings, moves = (
            self._env[model] for model in ("stock.picking.type", "stock.picking", "stock.move")
        )
        (kind,) = kinds.search([("code", "=", "outgoing")], limit=1)
        (places,) = kinds.read([kind], ["default_location_src_id", "default_location_dest_id"])
        ends = {
            "location_id": places["default_location_src_id"][0],
            "location_dest_id": places["default_location_dest_id"][0],
        }
        picking = pickings.create({"picking_type_id": kind, "partner_id": customer, **ends})
        move = {"picking_id": picking, "product_id": self._shop.article, "product_uom_qty": 1}
        move = moves.create({**move, **ends})
        pickings.action_confirm([picking])
        moves.write([move], {"quantity": 1, "picked": True})
        pickings.button_validate([picking])
        products = self._env["product.product"]
        return products.read([self._shop.article], ["qty_available"])[0]["qty_available"]


def timed(action: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return how long *action* took, in seconds, and its result."""
    began = time.perf_counter()
    result = action(*arguments)
    return time.perf_counter() - began, result
