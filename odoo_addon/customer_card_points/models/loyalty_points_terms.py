from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_points_parameters import PARAMETERS


class LoyaltyPointsTerms(models.Model):
    """The terms of a points program from a day on. Saving a card type adds one, none is changed."""

    _name = "loyalty.points.terms"
    _description = "Terms of a points program"
    _inherit = ["loyalty.points.parameters"]
    _order = "id desc"
    _rec_name = "valid_from"

    program_id = fields.Many2one(
        "loyalty.program", required=True, readonly=True, index=True, ondelete="cascade"
    )
    valid_from = fields.Date(readonly=True, help="Empty: from the beginning.")
    company_id = fields.Many2one(related="program_id.company_id")

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Terms are never changed: the past keeps its own."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Terms are never deleted: the past keeps its own."))

    def _differs_from(self, values):
        return any(self[name] != values[name] for name in PARAMETERS)
