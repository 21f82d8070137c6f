from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCardIssueReport(models.Model):
    """Who handed out how many: one row for each issue; what came back counts below zero.

    :source: seed 000, Historie: wer hat wie viele ausgegeben
    """

    _name = "loyalty.card.issue.report"
    _description = "Issued goods"
    _auto = False
    _order = "id desc"
    _rec_name = "holder"

    date = fields.Datetime(readonly=True)
    holder = fields.Char(string="Card of", readonly=True)
    customer_card_id = fields.Many2one("customer.card", string="Card", readonly=True)
    program_id = fields.Many2one("loyalty.program", readonly=True)
    product_id = fields.Many2one("product.product", string="Article", readonly=True)
    purpose = fields.Selection(selection=lambda self: self._purposes(), readonly=True)
    recipient_id = fields.Many2one("res.partner", string="Given to", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    user_id = fields.Many2one("res.users", string="Employee", readonly=True)
    till_id = fields.Many2one("customer.till", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @api.model
    def _purposes(self):
        return self.env["loyalty.card.entry"]._fields["purpose"]._description_selection(self.env)

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("%s AS %s", expression, SQL.identifier(name))
            for name, expression in self._select().items()
        )
        return SQL("SELECT %s FROM %s WHERE %s", columns, self._from(), self._where())

    @api.model
    def _select(self):
        """Return each column with its expression. Entries keep plain ids: the deleted are empty."""
        return {
            "id": SQL("entry.id"),
            "date": SQL("entry.date"),
            "holder": SQL("COALESCE(%s, card.number)", SQL(", ").join(self._holder_names())),
            "customer_card_id": SQL("card.id"),
            "program_id": SQL("enrolment.program_id"),
            "product_id": SQL("product.id"),
            "purpose": SQL("entry.purpose"),
            "recipient_id": SQL("recipient.id"),
            "quantity": SQL("entry.quantity"),
            "user_id": SQL("seller.id"),
            "till_id": SQL("till.id"),
            "company_id": SQL("entry.company_id"),
        }

    @api.model
    def _holder_names(self):
        """Return the expressions that name the holder; the first that is not empty counts."""
        return [SQL("customer.name")]

    @api.model
    def _from(self):
        return SQL(
            """
            loyalty_card_entry entry
            JOIN loyalty_card enrolment ON enrolment.id = entry.card_id
            LEFT JOIN customer_card card ON card.id = entry.customer_card_id
            LEFT JOIN res_partner customer ON customer.id = card.partner_id
            LEFT JOIN res_partner recipient ON recipient.id = entry.recipient_id
            LEFT JOIN product_product product ON product.id = entry.product_id
            LEFT JOIN res_users seller ON seller.id = entry.user_id
            LEFT JOIN customer_till till ON till.id = entry.till_id
            """
        )

    @api.model
    def _where(self):
        return SQL("entry.reason IN ('issue', 'reversal') AND entry.allowance_id IS NOT NULL")
