"""What a customer's credit must be, worked out without a line of the product's code."""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)


@dataclass
class Credit:
    """Money of one customer in two buckets: paid goes first, what comes back fills bonus first."""

    paid: Decimal = ZERO
    bonus: Decimal = ZERO
    spent: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Return what can be spent, reservations aside."""
        return self.paid + self.bonus

    def top_up(self, paid: Decimal, total: Decimal) -> None:
        """Book money that was paid in, with its bonus."""
        self.paid += paid
        self.bonus += total - paid

    def spend(self, order: str, amount: Decimal) -> None:
        """Take *amount* for an order that is paid."""
        paid = min(self.paid, amount)
        self.paid -= paid
        self.bonus -= amount - paid
        self.spent[order] = (paid, amount - paid)

    def give_back(self, order: str) -> None:
        """Undo all that an order took; a second time nothing is left to undo."""
        paid, bonus = self.spent.pop(order, (ZERO, ZERO))
        self.paid += paid
        self.bonus += bonus
