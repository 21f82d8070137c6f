from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

WRONG_PINS = 5
LOCKED = timedelta(minutes=5)


class PinGuard(models.AbstractModel):
    """Counts wrong PINs; after five of them within five minutes the sixth is not even looked at."""

    _name = "customer.card.pin.guard"
    _description = "Limit for wrong PINs"

    pin_tries = fields.Integer(readonly=True, copy=False, groups="base.group_system")
    pin_tried_at = fields.Datetime(readonly=True, copy=False, groups="base.group_system")

    def _take_pin_try(self):
        """Use one try up and tell whether there was one.

        The row is updated before the PIN is looked at: of guesses at the same moment the second
        waits for this row and then fails as a conflict, so it is counted, too.
        """
        self.ensure_one()
        self.flush_recordset(["pin_tries", "pin_tried_at"])
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                "UPDATE %(table)s SET pin_tries = CASE WHEN pin_tried_at > %(since)s"
                " THEN COALESCE(pin_tries, 0) + 1 ELSE 1 END, pin_tried_at = %(now)s"
                " WHERE id = %(id)s AND NOT (COALESCE(pin_tries, 0) >= %(limit)s"
                " AND pin_tried_at > %(since)s) RETURNING id",
                table=SQL.identifier(self._table),
                since=now - LOCKED,
                now=now,
                id=self.id,
                limit=WRONG_PINS,
            )
        )
        self.invalidate_recordset(["pin_tries", "pin_tried_at"])
        return bool(rows)

    def _forget_pin_tries(self):
        self.sudo().write({"pin_tries": 0, "pin_tried_at": False})


class CustomerCard(models.Model):
    _name = "customer.card"
    _inherit = ["customer.card", "customer.card.pin.guard"]


class CustomerTill(models.Model):
    _name = "customer.till"
    _inherit = ["customer.till", "customer.card.pin.guard"]
