from odoo import api, models

from ..lib.server_step import server_step


class PosSession(models.Model):
    """The point of sale knows the card that was presented for an order, and closes with cards."""

    _inherit = "pos.session"

    @api.model
    def _load_pos_data_models(self, config):
        return [*super()._load_pos_data_models(config), "customer.card"]

    def get_closing_control_data(self):
        """Add ``card_closing``: the rows of ``pos.order._get_card_closing``."""
        data = super().get_closing_control_data()
        return {**data, "card_closing": self._get_closed_orders()._get_card_closing()}

    def _validate_session(self, *args, **kwargs):
        """Closing the session closes its orders."""
        with server_step():
            return super()._validate_session(*args, **kwargs)
