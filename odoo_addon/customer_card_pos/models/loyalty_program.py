from odoo import api, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.row_id import row_id
from odoo.addons.customer_card.rules.kinds import MONEY_KINDS


class LoyaltyProgram(models.Model):
    """The point of sale must know which programs are gated, and which it sells."""

    _inherit = "loyalty.program"

    @api.model
    def _load_pos_data_fields(self, config):
        return [
            *super()._load_pos_data_fields(config),
            "kind",
            "sale_product_id",
            "sale_from",
            "sale_to",
            "per_fitting",
            "preset_amount",
        ]

    @api.model
    def get_pos_credit_text(self, product_id, paid):
        """Return what one unit of an article credits in words, or "" where that is what is paid.

        Books nothing: what is credited follows from the payment.

        :param paid: gross price of one unit, in the till's currency
        """
        self.env["pos.order"].check_access("create")
        product = self.env["product.product"].browse(row_id(product_id) or ()).exists()
        programs = self.env["pos.order"]._get_programs_sold(product, self.env.company)
        program = programs.sorted(lambda one: not one.company_id)[:1]
        if program.kind not in MONEY_KINDS:
            return ""
        return program.with_env(self.env).sudo()._credit_text(exact(paid))
