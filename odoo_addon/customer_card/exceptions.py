"""What the addon refuses, and why: the dotted names are part of the RPC contract.

Clients know them as ``odoo.addons.customer_card.exceptions.BalanceTooLow`` and so on. Nothing was
changed when one of these is raised.
"""

from odoo.exceptions import UserError


class BalanceTooLow(UserError):
    """Nothing was booked: the balance or the counter does not reach."""


class OncePerDay(UserError):
    """Nothing was booked: the program was used today already."""


class CardNotUsable(UserError):
    """Nothing was booked: the card, enrolment or article cannot be used."""


class KeyReused(UserError):
    """Nothing was booked: the idempotency key stands for another booking."""


class BadNumber(UserError):
    """Nothing was booked: an amount is no number, not finite, or too big."""


class CredentialRefused(UserError):
    """Nothing was opened: the code is one of ours, but false, over or used before."""
