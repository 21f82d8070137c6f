"""What a till sends, before Odoo reads it: sentences instead of a programmer's errors."""

import math

from odoo import api, models
from odoo.exceptions import UserError

# A paid order is booked, whatever has been deleted since it was begun.
REFERENCES = {"customer_card_id": "customer.card"}
LINE_REFERENCES = {"coupon_id": "loyalty.card", "reward_id": "loyalty.reward"}


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _get_unreadable(self):
        return self.env._("This order cannot be read. Reload the page and try again.")

    def _get_rows(self, order, *names):
        """Return the values of the rows that are made or written."""
        rows = [row for name in names for row in order.get(name) or ()]
        return [row[2] for row in rows if len(row) > 2 and isinstance(row[2], dict)]

    def _check_numbers(self, orders):
        for order in orders:
            for values in (order, *self._get_rows(order, "lines", "payment_ids")):
                numbers = (one for one in values.values() if isinstance(one, float))
                if not all(map(math.isfinite, numbers)):
                    raise UserError(self.env._("An amount of this order is no number."))

    @api.model
    def _line_references(self):
        """Return ``{field of a line: model}`` of what may be gone; glue adds to them."""
        return LINE_REFERENCES

    def _forget_what_is_gone(self, orders):
        """Take references to deleted records out; return the uuids of these orders."""
        named = [
            (order.get("uuid"), model, values, name)
            for order in orders
            for references, rows in (
                (REFERENCES, [order]),
                (self._line_references(), self._get_rows(order, "lines")),
            )
            for name, model in references.items()
            for values in rows
            if values.get(name)
        ]
        there = {}
        for model in {model for _uuid, model, _values, _name in named}:
            ids = [values[name] for _uuid, one, values, name in named if one == model]
            records = self.env[model].sudo().browse(one for one in ids if type(one) is int)
            there[model] = set(records.exists().ids)
        forgotten = []
        for uuid, model, values, name in named:
            if values[name] not in there[model]:
                values[name] = False
                forgotten.append(uuid)
        return forgotten
