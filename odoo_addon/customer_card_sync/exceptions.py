"""What keeps a foreign document from being booked."""

from odoo.exceptions import UserError


class TooManyPoints(UserError):
    """Nothing was booked: a foreign receipt is over more than its source may bring."""
