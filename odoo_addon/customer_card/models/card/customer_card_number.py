from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class CustomerCardType(models.Model):
    """The numbers of a type's cards: one after the other, or within a range of their own.

    :source: seed 004, Mitarbeiterkarte; requirements HS-11
    """

    _inherit = "customer.card.type"

    number_from = fields.Integer(
        string="Numbers from", help="0 for no range: the number range is shared with other types."
    )
    number_to = fields.Integer(string="Numbers to")

    _number_range_sound = models.Constraint(
        "CHECK (COALESCE(number_from, 0) = 0 AND COALESCE(number_to, 0) = 0"
        " OR number_from > 0 AND number_to >= number_from)",
        "Enter the first and the last number of the range, the smaller one first.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        card_types = super().create(vals_list)
        card_types.filtered("number_from")._count_in_range()
        return card_types

    def write(self, vals):
        res = super().write(vals)
        if "number_from" in vals:
            self.filtered("number_from")._count_in_range()
            self.filtered(lambda one: not one.number_from).sequence_id = self.env.ref(
                "customer_card.sequence_customer_card"
            )
        return res

    def _count_in_range(self):
        """Give each type a counter of its own that begins with its range."""
        for card_type in self:
            card_type.sequence_id = (
                self.env["ir.sequence"]
                .sudo()
                .create(
                    {
                        "name": f"{card_type.name} {card_type.number_from}-{card_type.number_to}",
                        "number_next": card_type.number_from,
                        "company_id": card_type.company_id.id,
                    }
                )
            )

    @api.constrains("number_from", "number_to", "company_id")
    def _check_ranges_apart(self):
        for card_type in self.filtered("number_from"):
            company = card_type.company_id
            other = self.sudo().search(
                [
                    ("id", "!=", card_type.id),
                    ("number_from", ">", 0),
                    ("number_from", "<=", card_type.number_to),
                    ("number_to", ">=", card_type.number_from),
                    *([("company_id", "in", (False, company.id))] if company else []),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Numbers %(first)s to %(last)s belong to card type %(type)s already."
                        " Choose a range that does not overlap.",
                        first=other.number_from,
                        last=other.number_to,
                        type=other.name,
                    )
                )

    @api.model
    def _owning_range(self, number, company):
        """Return the type in whose range this number lies, if any."""
        if not (number or "").isdigit() or len(number) > 9:
            return self.browse()
        return self.sudo().search(
            [
                ("number_from", ">", 0),
                ("number_from", "<=", int(number)),
                ("number_to", ">=", int(number)),
                ("company_id", "in", (False, company.id)),
            ],
            limit=1,
        )

    def _next_number(self, company):
        """Return the next number nobody has, in the type's own range where it has one.

        :raises UserError: the range is used up
        """
        self.ensure_one()
        sequence = self.sudo().sequence_id
        while True:
            number = sequence.next_by_id()
            if self.number_to and int(number) > self.number_to:
                return self._left_over(company)
            owner = self._owning_range(number, company)
            if owner and owner != self:
                sequence.number_next_actual = owner.number_to + 1
            elif not self._has_card(number, company):
                return number

    def _has_card(self, number, company):
        cards = self.env["customer.card"].sudo().with_context(active_test=False)
        return cards.search_count(
            [("number", "=", number), ("company_id", "=", company.id)], limit=1
        )

    def _left_over(self, company):
        """Return a number that was passed over: a failed attempt takes one, and gives none back."""
        self.env["customer.card"].flush_model(["number", "company_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT n::text FROM generate_series(%s::int, %s::int) n WHERE NOT EXISTS ("
                "SELECT 1 FROM customer_card WHERE number = n::text AND company_id = %s)"
                " ORDER BY n LIMIT 1",
                self.number_from,
                self.number_to,
                company.id,
            )
        )
        if not rows:
            raise UserError(
                self.env._(
                    "All numbers from %(first)s to %(last)s of card type %(type)s are in use. Let a"
                    " manager enter a wider range in the card type.",
                    first=self.number_from,
                    last=self.number_to,
                    type=self.name,
                )
            )
        return rows[0][0]


class CustomerCard(models.Model):
    _inherit = "customer.card"

    @api.constrains("number", "card_type_id")
    def _check_number_range(self):
        for card in self:
            own = card.card_type_id
            owner = own._owning_range(card.number, card.company_id)
            if owner and owner != own:
                raise ValidationError(
                    self.env._(
                        "Number %(number)s belongs to cards of type %(type)s"
                        " (%(first)s to %(last)s). Take another number.",
                        number=card.number,
                        type=owner.name,
                        first=owner.number_from,
                        last=owner.number_to,
                    )
                )
            if own.number_from and not owner:
                raise ValidationError(
                    self.env._(
                        "Cards of type %(type)s have numbers from %(first)s to %(last)s;"
                        " %(number)s is none of them.",
                        number=card.number,
                        type=own.name,
                        first=own.number_from,
                        last=own.number_to,
                    )
                )
