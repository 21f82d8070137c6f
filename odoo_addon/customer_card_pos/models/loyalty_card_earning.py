from odoo import api, models


class LoyaltyCard(models.Model):
    """Points from orders of the point of sale."""

    _inherit = "loyalty.card"

    @api.model
    def _settle_document(self, model, res_id, lines, name=""):
        """Give each amount the sign of its quantity: a refund made at the till lacks it.

        Odoo's till sends the amounts of a refund order without sign, its office with one.
        """
        if model == "pos.order":
            lines = [self._signed_line(line) for line in lines]
        return super()._settle_document(model, res_id, lines, name)

    @api.model
    def _signed_line(self, line):
        direction = (line.get("quantity") or 0) * (line.get("price") or 0)
        if direction * (line.get("gross") or 0) >= 0:
            return line
        return {**line, "gross": -line["gross"], "net": -(line.get("net") or 0)}
