from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What a chain decides once for all its tills."""

    _inherit = "res.company"

    card_zone = fields.Selection(
        related="partner_id.tz",
        string="Time zone of the shop",
        store=True,
        help="Kept here: every booking asks what day it is.",
    )
    card_program_limit = fields.Integer(
        string="Programs per card", default=5, help="0 for no limit."
    )
    card_assign_at_sale = fields.Boolean(
        string="Assign a new card when a program is sold",
        help="A customer without a card who buys a program at the till is asked for one.",
    )
    card_own_take_back = fields.Boolean(
        string="Sellers take back their own issues",
        default=True,
        help="On the same day and at the same till. Off, and for all others: a manager does.",
    )
    card_discounts_stack = fields.Boolean(
        string="Discounts add up",
        help="Off: of several card discounts on an article the most specific one applies.",
    )
    card_issue_partner_id = fields.Many2one(
        "res.partner",
        string="Customer of issues that are not charged",
        help="Issues with the card of a branch or an employee are booked on this customer.",
    )

    card_gift_recipient = fields.Boolean(
        string="Customer gifts need a recipient",
        help="With the card of a branch or an employee the seller says which customer or firm gets"
        " the gift. Off: he may say it.",
    )

    card_stock_foreign = fields.Boolean(
        string="Stock is kept in another ERP",
        help="What cards issue is booked out of the stock of the ERP that the worker is told.",
    )

    card_medium_chip = fields.Boolean(
        string="Chip and RFID cards", default=True, help="Plastic cards, read by a card reader."
    )
    card_medium_qr = fields.Boolean(
        string="QR codes",
        help="Digital cards on the customer's phone and printed QR cards, read by a scanner.",
    )
    card_medium_single = fields.Boolean(
        string="One kind of medium only",
        help="Chip and RFID, or QR codes: the other kind cannot be switched on beside it.",
    )
    card_uid_spend_limit = fields.Monetary(
        string="Credit by serial number up to",
        help="A card that is known by its serial number only can be copied for cents. Up to this"
        " amount an order may spend the credit of such a card, 0: never.",
    )

    _card_program_limit_positive = models.Constraint(
        "CHECK (card_program_limit >= 0)", "The number of programs cannot be negative."
    )
    _card_uid_spend_limit_positive = models.Constraint(
        "CHECK (card_uid_spend_limit >= 0)", "The amount cannot be negative."
    )

    @api.constrains("card_medium_chip", "card_medium_qr", "card_medium_single")
    def _check_card_media(self):
        for company in self:
            if company.card_medium_single and company.card_medium_chip and company.card_medium_qr:
                raise ValidationError(
                    self.env._(
                        "This company uses one kind of medium only. Switch the other one off, or"
                        " allow both in Settings > Customer Cards."
                    )
                )
