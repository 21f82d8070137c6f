"""What one settlement of an order knows."""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo.addons.customer_card.lib.exact import exact

ZERO = exact(0)


@dataclass
class Settlement:
    """What the steps of one order's settlement find out for those that follow."""

    redeemed: Decimal = ZERO  # taken off accounts, in money
    taken_back: dict = field(default_factory=dict)  # {origin line: what its programs were worth}
    customer_card: object = None  # the card the order's programs belong to
    told: list = field(default_factory=list)  # [(summary, note)] for the manager
