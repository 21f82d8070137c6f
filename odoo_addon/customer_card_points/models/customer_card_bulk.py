import time

from odoo import api, fields, models
from odoo.addons.customer_card.lib.exact import shown
from odoo.addons.customer_card.rules.periods import term_end
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

BATCH = 1000
# Up to so many cards the person waits; more are done in the background, with a progress bar.
AT_ONCE = 1000
ACTIONS = [
    ("deactivate", "Deactivate all"),
    ("reactivate", "Reactivate all"),
    ("renew", "Renew expired"),
]


class CustomerCardBulk(models.Model):
    """One click on all cards of a type. What was interrupted goes on where it stood (TM-07..09).

    It keeps no list: which cards are left is asked anew for each batch of them.
    """

    _name = "customer.card.bulk"
    _description = "Change of all cards of a type"
    _order = "id desc"

    card_type_id = fields.Many2one(
        "customer.card.type", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    action = fields.Selection(ACTIONS, required=True, readonly=True)
    state = fields.Selection(
        [("asked", "Asked"), ("running", "Running"), ("done", "Done")],
        default="asked",
        required=True,
        readonly=True,
    )
    card_count = fields.Integer(string="Cards", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    question = fields.Text(compute="_compute_question")

    @api.depends("card_count", "done_count")
    def _compute_progress(self):
        for bulk in self:
            whole = bulk.card_count or 1
            bulk.progress = 100 if bulk.state == "done" else 100 * bulk.done_count / whole

    @api.depends("action", "card_type_id", "card_count")
    def _compute_question(self):
        for bulk in self:
            values = {"cards": bulk.card_count, "type": bulk.card_type_id.name}
            if bulk.action == "deactivate":
                values["points"] = shown(self.env, bulk._points_at_stake())
                bulk.question = (
                    self.env._(
                        "%(cards)s cards of type %(type)s stop working. %(points)s points on them"
                        " are forfeited.",
                        **values,
                    )
                    if bulk.card_type_id.points_program_id.forfeit_on_block
                    else self.env._(
                        "%(cards)s cards of type %(type)s stop working. %(points)s points on them"
                        " stay, and cannot be spent.",
                        **values,
                    )
                )
            elif bulk.action == "reactivate":
                bulk.question = self.env._(
                    "%(cards)s cards of type %(type)s work again: those that were deactivated"
                    " together. Lost and blocked ones stay as they are.",
                    **values,
                )
            else:
                months = bulk.card_type_id.validity_months
                bulk.question = self.env._(
                    "%(cards)s expired cards of type %(type)s are valid for %(months)s more months"
                    " from today.",
                    **values,
                    months=months,
                )

    def _points_at_stake(self):
        """Return the points of the accounts that would freeze, summed by the database."""
        cards = self.env["customer.card"].sudo()
        self.env.flush_all()
        accounts = cards._accounts_of(cards._search(self._domain()).subselect(), self.company_id)
        query = SQL(
            "SELECT COALESCE(sum(points), 0) FROM loyalty_card"
            " WHERE id IN (%s) AND points > 0 AND blocked IS NOT TRUE",
            accounts,
        )
        ((points,),) = self.env.execute_query(query)
        return points

    def _today(self):
        return self.env["loyalty.card"]._today(self.company_id)

    def _domain(self):
        """Return which cards are left."""
        domain = [
            ("card_type_id", "=", self.card_type_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        over = ("valid_until", "<", self._today())
        return (
            domain
            + {
                "deactivate": [("state", "=", "active"), "!", over],
                "reactivate": [("state", "=", "blocked"), ("block_reason", "=", "bulk")],
                "renew": [("state", "=", "active"), over],
            }[self.action]
        )

    @api.model
    def _ask(self, card_type, action):
        """Count, and open the one question before it is done."""
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only a manager changes all cards of a type."))
        card_type.check_access("write")
        if action == "renew" and not card_type.validity_months:
            raise UserError(self.env._("Enter for how many months cards of this type are valid."))
        if card_type.running_bulk_id:
            raise UserError(
                self.env._(
                    "All cards of type %s are being changed right now. Wait until that is done.",
                    card_type.name,
                )
            )
        bulk = self.sudo().create({"card_type_id": card_type.id, "action": action})
        bulk.card_count = self.env["customer.card"].sudo().search_count(bulk._domain())
        if not bulk.card_count:
            bulk.unlink()
            raise UserError(self.env._("There is no such card of this type."))
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["action"]._description_selection(self.env))[action],
            "res_model": self._name,
            "res_id": bulk.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_confirm(self):
        """Do it, many of them in the background."""
        self.ensure_one()
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only a manager changes all cards of a type."))
        self.check_access("read")
        bulk = self.sudo()
        if bulk.state != "asked":
            return False
        bulk.state = "running"
        if bulk.card_count <= AT_ONCE:
            bulk._run_batch()
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        self.env.ref("customer_card_points.ir_cron_customer_card_bulk")._trigger()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _run_batch(self):
        """Change the next cards; return whether there are more."""
        self.ensure_one()
        cards = self.env["customer.card"].sudo().with_context(tracking_disable=True)
        batch = cards.search(self._domain(), order="id", limit=BATCH)
        getattr(self, f"_{self.action}")(batch)
        self.done_count += len(batch)
        if len(batch) < BATCH:
            self.state = "done"
        return self.state != "done"

    @api.model
    def _cron_run(self):
        """Do what was confirmed, batch by batch, each kept for itself."""
        until = time.monotonic() + 45
        for bulk in self.search([("state", "=", "running")], order="id"):
            while bulk._run_batch():
                left = self.env["ir.cron"]._commit_progress(BATCH, remaining=1)
                if not left or time.monotonic() > until:
                    self.env.ref("customer_card_points.ir_cron_customer_card_bulk")._trigger()
                    return

    # --- what happens to one batch ------------------------------------------------------

    def _deactivate(self, cards):
        cards.write({"state": "blocked", "block_reason": "bulk"})

    def _reactivate(self, cards):
        cards.write({"state": "active"})

    def _renew(self, cards):
        months = self.card_type_id.validity_months
        cards.write({"valid_until": term_end(self._today(), months)})
