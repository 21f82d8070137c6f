from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PosPaymentMethod(models.Model):
    """Odoo's customer account, open to holders of an on-account card only."""

    _inherit = "pos.payment.method"

    card_on_account = fields.Boolean(
        string="Only with an on-account card",
        help="The customer's on-account card must be presented for the order. Nothing is paid now:"
        " the receipt is the delivery note, the invoice follows.",
    )

    @api.onchange("card_on_account")
    def _onchange_card_on_account(self):
        if self.card_on_account:
            self.split_transactions = True

    @api.constrains("card_on_account", "journal_id", "split_transactions")
    def _check_card_on_account(self):
        for method in self.filtered("card_on_account"):
            if method.type != "pay_later" or not method.split_transactions:
                raise ValidationError(
                    self.env._(
                        "%s is paid later by a customer who is known: leave its journal empty and"
                        " switch on “Identify Customer”.",
                        method.name,
                    )
                )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "card_on_account"]
