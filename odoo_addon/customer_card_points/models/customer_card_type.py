from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .loyalty_points_parameters import PARAMETERS

USUAL_MONTHS = 24


class CustomerCardType(models.Model):
    """A points card is a card type over a points program: one form for both, in TiM's order.

    :source: seed 003, Neue Kundenkarte
    """

    _inherit = "customer.card.type"
    _rec_names_search = ["number", "name"]

    number = fields.Char(
        help="Find the card type by it at the till, as an article.", index="btree_not_null"
    )
    collects_points = fields.Boolean(string="Points card")
    points_program_id = fields.Many2one(
        "loyalty.program",
        compute="_compute_points_program_id",
        store=True,
        index="btree_not_null",
        string="Points program",
    )

    @api.depends("program_ids.kind")
    def _compute_points_program_id(self):
        for card_type in self:
            programs = card_type.program_ids.filtered(lambda one: one.kind == "points")
            card_type.points_program_id = programs.sorted("id")[:1]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("collects_points"):
                vals.setdefault("validity_months", USUAL_MONTHS)
        terms = [self._take_terms(vals) for vals in vals_list]
        card_types = super().create(vals_list)
        card_types._tick_points()
        for card_type, values in zip(card_types, terms, strict=True):
            card_type._save_terms(values)
        return card_types

    def write(self, vals):
        vals = dict(vals)
        terms = self._take_terms(vals)
        res = super().write(vals)
        self._tick_points()
        for card_type in self:
            card_type._save_terms(terms)
        return res

    def _tick_points(self):
        """A type over a points program is a points card, whoever has put it there."""
        found = self.filtered(lambda one: one.points_program_id and not one.collects_points)
        if found:
            found.collects_points = True

    @api.model
    def _take_terms(self, vals):
        return {name: vals.pop(name) for name in PARAMETERS if name in vals}

    def _save_terms(self, values):
        """Write the terms of this card's program at once: one row of terms for one saving.

        A program that is new begins with TiM's usual values; one that is there keeps its own.
        """
        program = self.points_program_id
        if not self.collects_points or (program and not values):
            return
        # What hangs on a program, as the article of its reward, is no right of who saves this.
        program.check_access("write" if program else "create")
        if program:
            program.sudo().write(values)
            return
        names = {
            "name": self.name,
            "kind": "points",
            "insert_action": "pos",
            "company_id": self.company_id.id,
        }
        new = program.sudo().create({**names, **self._usual_terms(), **values})
        self.program_ids |= new.with_env(self.env)

    @api.constrains("validity_months")
    def _check_validity(self):
        for card_type in self:
            if card_type.collects_points and card_type.validity_months < 1:
                raise ValidationError(
                    self.env._("Enter for how many months the card is valid: 1 or more.")
                )

    @api.constrains("number", "company_id")
    def _check_number(self):
        for card_type in self.filtered("number"):
            company = card_type.company_id
            taken = self.with_context(active_test=False).search(
                [
                    ("number", "=", card_type.number),
                    ("id", "!=", card_type.id),
                    *([("company_id", "in", (False, company.id))] if company else []),
                ],
                limit=1,
            )
            if taken:
                raise ValidationError(
                    self.env._(
                        "Number %(number)s belongs to card type %(type)s already.",
                        number=card_type.number,
                        type=taken.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        cards = self.env["customer.card"].sudo().with_context(active_test=False)
        if used := cards.search([("card_type_id", "in", self.ids)], limit=1).card_type_id:
            raise UserError(
                self.env._(
                    "There are cards of type %s: it cannot be deleted. Archive it, or untick"
                    " “Issuable”.",
                    used.name,
                )
            )
