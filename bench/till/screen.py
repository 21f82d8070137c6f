"""From the card to the seller's browser: the message, and the form with eight programs applied."""

import random
import time
from collections.abc import Sequence

from bench.figures import Row
from bench.screen import SellerScreen
from bench.shop import Card, Shop
from bench.till.cards import WARM_UPS
from bench.till.rig import Till

PROGRAMS = 8
LISTEN = """
() => {
    const bus = odoo.__WOWL_DEBUG__.root.env.services.bus_service;
    bus.subscribe("customer_card.event", () => { window.benchHeard = Date.now(); });
}
"""


def cards(shop: Shop) -> list[Card]:
    """Make two customers with eight programs each."""
    shop.lift_program_limit()
    made = [shop.program("quotation")]
    for number in range(PROGRAMS - 1):
        values = {
            "name": f"Messrabatt {number + 1}",
            "kind": "discount",
            "insert_action": "quotation",
            "line_ids": [(0, 0, {"discount_id": shop.discount()})],
        }
        made.append(shop.office.call("loyalty.program", "create", vals_list=[values])[0])
    customers = [shop.customer(f"Messkunde Acht {letter}", made[0]) for letter in "AB"]
    for customer in customers:
        for program in made[1:]:
            shop.enrol(customer.customer, customer.id, program)
    return customers


def measure(till: Till, screen: SellerScreen, both: Sequence[Card], count: int) -> list[Row]:
    """Insert the two by turns, so that each insertion changes the screen."""
    screen.open_backend()
    screen.run(LISTEN)
    heard, shown, lost = [], [], 0
    for number in range(WARM_UPS + count):
        card = both[number % 2]
        screen.expect(card.name)
        time.sleep(random.random() * 0.3)
        inserted = till.reader.insert(card.token)
        known = till.reader.stamps.wait_for("known")
        till.reader.stamps.wait_for("answered", known["key"])
        moment = screen.shown()
        till.reader.remove()
        if number < WARM_UPS:
            continue
        if moment is None:
            lost += 1
            continue
        heard.append(screen.run("() => window.benchHeard") / 1000 - inserted)
        shown.append(moment - inserted)
    return [
        Row("insert → message in the browser", heard, lost=lost),
        Row(f"insert → quotation shown, {PROGRAMS} programs", shown, lost=lost),
    ]
