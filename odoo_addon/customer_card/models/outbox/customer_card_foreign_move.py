from odoo import fields, models

from ...lib.plain_reference import PlainMany2one


class CustomerCardForeignMove(models.Model):
    """An issue that left the stock of another ERP: entries cannot note it, they never change."""

    _name = "customer.card.foreign.move"
    _description = "Stock booked in another ERP"
    _order = "id desc"
    _rec_name = "reference"

    entry_id = PlainMany2one("loyalty.card.entry", required=True, readonly=True)
    reference = fields.Char(
        string="Document", readonly=True, help="The name of the transfer in the other ERP."
    )
    booked_at = fields.Datetime(default=fields.Datetime.now, readonly=True)

    _entry_unique = models.UniqueIndex("(entry_id)", "This issue left the stock already.")
