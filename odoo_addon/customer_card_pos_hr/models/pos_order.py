from odoo import models
from odoo.tools import format_datetime


class PosOrder(models.Model):
    """An order that is paid while its point of sale is locked is booked, and a manager hears of it.

    The till never refuses a paid order (the goods are gone), and Odoo believes the browser who the
    cashier is. What the server can do is compare.
    """

    _inherit = "pos.order"

    def _is_paid_while_locked(self):
        """Tell whether all tills of this point of sale are locked when the order arrives.

        The order's own date is the browser's word, and decides only what is asked.
        """
        config = self.config_id
        tills = self.env["customer.till"].sudo().search([("pos_config_id", "=", config.id)])
        return bool(config.module_pos_hr and tills and all(tills.mapped("pos_locked_at")))

    def _tell_paid_while_locked(self):
        for order in self:
            if order._is_paid_while_locked():
                order._tell_locked()

    def _tell_locked(self):
        note = self.env._(
            "%(order)s was paid though the point of sale was locked: no badge and no PIN had"
            " opened it. It says that it was made at %(time)s. Ask who stood there.",
            order=self.name,
            time=format_datetime(self.env, self.date_order),
        )
        self._tell_managers(self.env._("Sold at a locked till"), note)
