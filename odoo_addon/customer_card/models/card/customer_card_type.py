from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...lib.codes import normal_number


class CustomerCardType(models.Model):
    """A kind of card: its numbers, how long it is valid, and the programs a new card brings along.

    Cards of a partner group carry the group's own numbers: their type knows the prefix only.
    """

    _name = "customer.card.type"
    _description = "Card type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    holder_type = fields.Selection(
        [("customer", "Customer"), ("bearer", "Bearer")], default="customer", required=True
    )
    issuable = fields.Boolean(
        default=True, help="Off: no new cards of this type, those in use keep working."
    )
    sequence_id = fields.Many2one(
        "ir.sequence",
        string="Number range",
        default=lambda self: self.env.ref("customer_card.sequence_customer_card"),
        required=True,
    )
    number_prefix = fields.Char(
        string="Partner number prefix",
        help="Cards of a partner group keep the number printed on them. It begins with this.",
    )
    validity_months = fields.Integer(
        string="Validity (months)", help="From the day the card is made. 0 for no end."
    )
    program_ids = fields.Many2many(
        "loyalty.program",
        string="Programs of a new card",
        domain=[("kind", "!=", False), ("parent_program_id", "=", False)],
    )
    print_name = fields.Boolean(
        string="Name on the card",
        help="The order tells the printer the customer's name. Off: only how many cards.",
    )
    card_count = fields.Integer(compute="_compute_card_count", string="Cards")

    _validity_positive = models.Constraint(
        "CHECK (validity_months >= 0)", "A validity cannot be negative."
    )

    @api.depends_context("company")
    def _compute_card_count(self):
        counts = dict(
            self.env["customer.card"]._read_group(
                [("card_type_id", "in", self.ids)], ["card_type_id"], ["__count"]
            )
        )
        for card_type in self:
            card_type.card_count = counts.get(card_type, 0)

    @api.constrains("number_prefix")
    def _check_number_prefix(self):
        for card_type in self.filtered("number_prefix"):
            if card_type.number_prefix != normal_number(card_type.number_prefix):
                raise ValidationError(
                    self.env._("Write the prefix in capital letters and digits, as in HSP.")
                )

    @api.model
    def _of_number(self, number, company):
        """Return the partner card type whose prefix *number* begins with; the longest one wins."""
        number = normal_number(number)
        types = self.search(
            [("number_prefix", "!=", False), ("company_id", "in", (False, company.id))]
        )
        return types.filtered(
            lambda one: (
                number.startswith(one.number_prefix) and len(number) > len(one.number_prefix)
            )
        ).sorted(lambda one: -len(one.number_prefix))[:1]

    def _check_issuable(self):
        for card_type in self:
            if not card_type.issuable:
                raise UserError(
                    self.env._(
                        "No new cards of type %s are made. Choose another card type.",
                        card_type.name,
                    )
                )

    def action_view_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_card.action_customer_card")
        return {**action, "domain": [("card_type_id", "=", self.id)]}

    def _retire(self):
        """Their kind of holder goes away with its module: these cards stop working."""
        cards = self.env["customer.card"].search([("card_type_id", "in", self.ids)])
        cards.write({"active": False, "state": "blocked"})
        self.write({"active": False, "holder_type": "bearer"})
