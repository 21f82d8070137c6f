from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib import chain
from ...lib.append_only import append_only
from ...lib.exact import Amount, exact
from ...lib.plain_reference import PlainMany2one

REASONS = [
    ("opening", "Opening balance"),
    ("grant", "Program assigned"),
    ("issue", "Goods issue"),
    ("earn", "Earned"),
    ("claw_back", "Taken back"),
    ("reversal", "Reversal"),
    ("sale", "Sale"),
    ("correction", "Correction"),
    ("transfer", "Transfer to another card"),
    ("term", "End changed"),
    ("paid_out", "Paid out"),
    ("forfeit", "Forfeited"),
]
PURPOSES = [("customer_gift", "Customer gift"), ("own_use", "Own use")]


class LoyaltyCardEntry(models.Model):
    """One line of the history. Entries are appended, never changed and never deleted.

    The only foreign key is the enrolment. Everything else is a plain id, so that deleting a
    user, an article or a till does not touch the past, and no name of a person stands here.
    """

    _name = "loyalty.card.entry"
    _description = "History entry"
    _order = "id desc"
    _log_access = False

    card_id = fields.Many2one(
        "loyalty.card", string="Enrolment", required=True, ondelete="restrict"
    )
    sequence = fields.Integer(required=True, help="Counts from 1 within the enrolment.")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    reason = fields.Selection(REASONS, required=True)
    delta = Amount(string="Change")
    balance = Amount()
    paid_delta = Amount(string="Change of paid money")
    bonus_delta = Amount(string="Change of bonus")
    quantity = fields.Float(digits="Product Unit")
    remaining = fields.Float(
        digits="Product Unit", help="What the allowance still held afterwards."
    )
    unlimited = fields.Boolean(string="Flat")
    key = fields.Char(required=True, help="Idempotency key: the same event books once.")
    note = fields.Char()
    overdrawn = fields.Boolean()
    allowance_id = PlainMany2one("loyalty.card.allowance")
    product_id = PlainMany2one("product.product", string="Article")
    user_id = PlainMany2one("res.users", string="Employee")
    till_id = PlainMany2one("customer.till", string="Till")
    customer_card_id = PlainMany2one("customer.card", string="Card")
    partner_id = PlainMany2one("res.partner", string="Booked on")
    purpose = fields.Selection(PURPOSES, help="Why goods of a branch or an employee were given.")
    recipient_id = PlainMany2one(
        "res.partner", string="Given to", help="The customer or firm that got the gift."
    )
    company_id = PlainMany2one("res.company")
    reversal_of_id = PlainMany2one("loyalty.card.entry", string="Reverses")
    origin_model = fields.Char()
    origin_id = fields.Integer()
    origin_name = fields.Char(string="Document")

    _card_sequence = models.UniqueIndex("(card_id, sequence)", "This entry exists already.")
    _key_unique = models.UniqueIndex("(key)", "This booking was made already.")
    _card_history = models.Index("(card_id, id DESC)")
    _origin_document = models.Index("(origin_model, origin_id)")
    _company_date = models.Index("(company_id, date)")
    _reversal = models.Index("(reversal_of_id) WHERE reversal_of_id IS NOT NULL")

    @api.private
    def init(self):
        """Let the database itself seal each entry and refuse to change the past (law 3)."""
        self.env.cr.execute(chain.FUNCTIONS)
        append_only(self.env.cr, self._table, "customer_card.ledger")

    @api.depends("card_id", "sequence")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry.card_id.display_name} #{entry.sequence}"

    def _not_returned(self):
        """Return the pieces of this issue that did not come back yet, as Decimal."""
        self.ensure_one()
        back = self.search([("reversal_of_id", "=", self.id)])
        return exact(self.quantity) + sum(exact(entry.quantity) for entry in back)

    def _carried_values(self):
        """Return what a reversal says again: whose issue it was and what for."""
        self.ensure_one()
        return {
            "till_id": self.till_id.id,
            "customer_card_id": self.customer_card_id.id,
            "partner_id": self.partner_id.id,
            "purpose": self.purpose,
            "recipient_id": self.recipient_id.id,
        }

    def web_read(self, specification):
        """Show plain references with their names; what was deleted since shows as empty."""
        plain = {
            name: spec
            for name, spec in specification.items()
            if isinstance(self._fields.get(name), PlainMany2one) and "fields" in spec
        }
        rows = super().web_read({**specification, **dict.fromkeys(plain, {})})
        for name in plain:
            ids = {row[name] for row in rows if row[name]}
            found = self.env[self._fields[name].comodel_name].sudo().browse(ids).exists()
            names = {one.id: {"id": one.id, "display_name": one.display_name} for one in found}
            for row in rows:
                row[name] = names.get(row[name], False)
        return rows

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("History entries are never changed. Book a reversal instead."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("History entries are never deleted. Book a reversal instead."))
