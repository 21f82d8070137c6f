from odoo import fields, models


class CustomerTill(models.Model):
    """The server knows which till's point of sale is locked: its cards open nothing there."""

    _inherit = "customer.till"

    pos_locked_at = fields.Datetime(string="Locked since", readonly=True, copy=False)

    def _after_login(self, place):
        if place == "pos":
            self.filtered("pos_locked_at").pos_locked_at = False
        return super()._after_login(place)

    def _after_logoff(self, way, place):
        if place == "pos" and way != "switch":
            self.pos_locked_at = fields.Datetime.now()
        return super()._after_logoff(way, place)

    def _is_pos_locked(self):
        """Tell whether the point of sale waits for a cashier; without cashiers it never does."""
        self.ensure_one()
        if not self.pos_locked_at:
            return False
        config = self._get_pos_config()
        return not config or config.module_pos_hr
