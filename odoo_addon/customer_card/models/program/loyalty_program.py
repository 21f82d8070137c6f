from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...rules.kinds import NATIVE_TYPES

# Never true for ours: without the sale and pos glue nothing is given away (the gate fails closed).
NATIVE_GATES = ("sale_ok", "pos_ok")
# What a native type sets besides rules and rewards; those are made by the two _sync methods.
TYPE_DEFAULTS = ("applies_on", "trigger", "portal_visible", "portal_point_name")


class LoyaltyProgram(models.Model):
    """A program of the customer card, on top of Odoo's own loyalty program."""

    _inherit = "loyalty.program"

    kind = fields.Selection(
        [
            ("bonus_item", "Bonus item"),
            ("discount", "Discount"),
            ("stored_value", "Stored value"),
            ("voucher", "Payment voucher"),
            ("coupon", "Discount voucher"),
            ("points", "Points"),
        ],
        string="Type",
        index=True,
        copy=True,
        help="The kind of customer card program. It cannot change once a customer has the program.",
    )
    program_type = fields.Selection(
        selection_add=[("bonus_item", "Bonus items")],
        ondelete={"bonus_item": "set promo_code"},
    )
    insert_action = fields.Selection(
        [
            ("none", "Nothing"),
            ("decrease", "Decrease quantity"),
            ("pos", "Open point of sale order"),
            ("quotation", "Open quotation (without case)"),
        ],
        string="Action",
        default="none",
        required=True,
        help="What happens when a card with this program is inserted at a till.",
    )
    card_required = fields.Boolean(
        string="Only with the card",
        help="The program applies only to orders for which the card was presented. Discount groups"
        " of one person (staff, customer) need it: else the best of them counts with every card.",
    )
    once_per_day = fields.Boolean(
        string="Once per day", help="A second issue on the same day is refused."
    )
    no_article_choice = fields.Boolean(
        string="No article choice",
        help="The article of the only program line is issued at once, without a dialog.",
    )
    line_ids = fields.One2many(
        "loyalty.program.line", "program_id", string="Program lines", copy=True
    )
    parent_program_id = fields.Many2one(
        "loyalty.program", ondelete="restrict", index="btree_not_null", copy=False
    )
    child_program_ids = fields.One2many("loyalty.program", "parent_program_id", copy=False)
    points_per_unit = fields.Float(
        string="Points per currency unit",
        default=100,
        digits=(12, 2),
        help="So many points are worth one currency unit.",
    )
    earn_service_percent = fields.Float(string="Bonus on services (%)", digits=(6, 2))
    earn_article_percent = fields.Float(string="Bonus on articles (%)", digits=(6, 2))
    earn_on_discounted = fields.Boolean(
        string="Points on discounted lines",
        default=True,
        help="Discounted lines earn on the price that was paid; otherwise they earn nothing.",
    )
    enrolment_count = fields.Integer(compute="_compute_enrolment_count", string="Customers")

    _rates_positive = models.Constraint(
        "CHECK (points_per_unit > 0 AND earn_service_percent >= 0 AND earn_article_percent >= 0)",
        "Points per currency unit must be above zero, bonus percentages cannot be negative.",
    )

    def _compute_enrolment_count(self):
        counts = dict(
            self.env["loyalty.card"]._read_group(
                [("program_id", "in", self.ids), ("is_enrolment", "=", True)],
                ["program_id"],
                ["__count"],
            )
        )
        for program in self:
            program.enrolment_count = counts.get(program, 0)

    def _init_column(self, column_name):
        """Keep our programs closed when the native column arrives after them, default true."""
        res = super()._init_column(column_name)
        if column_name in NATIVE_GATES:
            self.env.cr.execute(
                SQL(
                    "UPDATE loyalty_program SET %s = false WHERE kind IS NOT NULL",
                    SQL.identifier(column_name),
                )
            )
        return res

    # --- create, write ----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        closed = {name: False for name in NATIVE_GATES if name in self._fields}
        native = (
            self._program_type_default_values() if any(v.get("kind") for v in vals_list) else {}
        )
        for vals in vals_list:
            if kind := vals.get("kind"):
                defaults = dict(native[NATIVE_TYPES[kind]])
                if kind == "points":
                    defaults["portal_point_name"] = self.env._("points")
                for name in TYPE_DEFAULTS:
                    vals.setdefault(name, defaults[name])
                vals.update(closed, program_type=NATIVE_TYPES[kind])
        programs = super().create(vals_list)
        programs._sync_rules()
        programs._sync_discounts()
        return programs

    def write(self, vals):
        ours = self if vals.get("kind") else self.filtered("kind")
        if vals.keys() & set(NATIVE_GATES) and ours and ours != self:
            # Native programs keep what they are given, ours stay closed.
            (self - ours).write(vals)
            return ours.write(vals)
        frozen, vals = self._frozen_values(vals), self._as_kind(vals)
        with self._keep_voucher_articles():
            if "active" in vals:
                # The articles of its rewards follow, and need no right of the user's (EX-17).
                self.check_access("write")
                super(LoyaltyProgram, self.sudo()).write({"active": vals["active"]})
            others = {name: value for name, value in vals.items() if name != "active"}
            res = super().write(others)
            if vals.keys() & {"kind", "name", "points_per_unit", "redeem_product_id"}:
                self._sync_rules()
            if vals.keys() & {"kind", "name", "active", "company_id", "currency_id"}:
                self._sync_discounts()
        self._check_frozen(frozen)
        return res

    def _as_kind(self, vals):
        """Return *vals* with the native type of a kind, and without the gates of our programs."""
        if "kind" in vals:
            self._check_kind_change(vals["kind"])
            if vals["kind"]:
                vals = {**vals, "program_type": NATIVE_TYPES[vals["kind"]]}
        if self.filtered("kind") or vals.get("kind"):
            vals = {name: value for name, value in vals.items() if name not in NATIVE_GATES}
        return vals

    def _check_kind_change(self, kind):
        changed = self.filtered(lambda program: program.kind != kind)
        if changed.with_context(active_test=False).coupon_ids:
            raise UserError(
                self.env._("The type cannot change any more: customers have this program already.")
            )

    @api.constrains("name", "kind", "company_id", "active")
    def _check_name(self):
        """A seller tells programs apart by their names (AP-08)."""
        for program in self.filtered(lambda one: one.kind and not one.parent_program_id):
            twins = self.with_context(active_test=True).search_count(
                [
                    ("id", "!=", program.id),
                    ("name", "=", program.name),
                    ("kind", "!=", False),
                    ("parent_program_id", "=", False),
                    ("company_id", "in", (False, program.company_id.id)),
                ],
                limit=1,
            )
            if twins:
                raise ValidationError(
                    self.env._("There is a program named %s already.", program.name)
                )

    @api.constrains("kind", "line_ids")
    def _check_one_discount(self):
        """A discount voucher is redeemed once, so it carries one discount (AS-10)."""
        for program in self.filtered(lambda one: one.kind == "coupon"):
            if len(program.line_ids.filtered("active")) > 1:
                raise ValidationError(
                    self.env._("A discount voucher has one program line. Delete the others.")
                )

    @api.constrains("kind", "insert_action", "no_article_choice", "line_ids")
    def _check_insert_action(self):
        for program in self:
            if program.insert_action == "decrease" and program.kind != "bonus_item":
                raise ValidationError(
                    self.env._("Only bonus item programs can decrease a quantity on insert.")
                )
