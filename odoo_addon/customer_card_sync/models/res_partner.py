from odoo import api, models


class ResPartner(models.Model):
    """What a foreign ERP says of a person goes with an erasure."""

    _inherit = "res.partner"

    def _erase_card_traces(self, enrolments, cards):
        self._forget_counterparts()
        return super()._erase_card_traces(enrolments, cards)

    def _forget_counterparts(self):
        """The counterpart in a foreign ERP keeps its id there, and nothing of the person."""
        self.env.cr.execute(
            "UPDATE customer_card_sync_link SET name = NULL, reference = NULL, barcode = NULL"
            " WHERE partner_id = %s",
            [self.id],
        )

    @api.model
    def _models_of_set_up(self):
        return [
            *super()._models_of_set_up(),
            "customer.card.sync.source",
            "customer.card.sync.stream",
        ]
