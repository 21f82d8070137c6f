from odoo import api, fields, models
from odoo.addons.customer_card.lib.shop_day import DEFAULT_ZONE
from odoo.addons.customer_card.rules.kinds import MONEY_TYPES
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class CustomerCardLiability(models.Model):
    """What the shop owes: the credit on every card and voucher at the end of one day.

    One row for each enrolment with credit, without names. The day stands in the context
    (``liability_date``), in each company's own time zone; without it, it is today. Points and
    discount vouchers are promises of a discount, not money received: they are not in it.

    :source: seed 001, Zahlungsgutscheine, Rabattgutscheine; AS-10, AS-13
    """

    _name = "customer.card.liability"
    _description = "Open liability"
    _auto = False
    _order = "company_id, program_id, id"
    _rec_name = "card_id"
    _depends = {
        "loyalty.card": ["program_id", "company_id", "expiration_date"],
        "loyalty.card.entry": ["card_id", "date", "delta", "paid_delta", "bonus_delta"],
        "loyalty.program": ["program_type", "currency_id"],
    }

    card_id = fields.Many2one("loyalty.card", string="Enrolment", readonly=True)
    program_id = fields.Many2one("loyalty.program", readonly=True)
    program_type = fields.Selection(related="program_id.program_type")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    balance = fields.Monetary(readonly=True)
    paid = fields.Monetary(string="Of which paid", readonly=True)
    bonus = fields.Monetary(string="Of which bonus", readonly=True)
    expiration_date = fields.Date(string="Valid until", readonly=True)

    @property
    def _table_query(self):
        """Sum the entries up to the end of the day: so much was owed then, whatever came later."""
        day = fields.Date.to_date(self.env.context.get("liability_date"))
        return SQL(
            """
            SELECT card.id, card.id AS card_id, card.program_id, card.expiration_date,
                   company.id AS company_id, program.currency_id,
                   SUM(entry.delta) AS balance, SUM(entry.paid_delta) AS paid,
                   SUM(entry.bonus_delta) AS bonus
            FROM loyalty_card card
            JOIN loyalty_program program ON program.id = card.program_id
            JOIN LATERAL (
                SELECT first.company_id FROM loyalty_card_entry first
                WHERE first.card_id = card.id ORDER BY first.sequence LIMIT 1
            ) issuer ON TRUE
            JOIN res_company company ON company.id = COALESCE(card.company_id, issuer.company_id)
            JOIN res_partner address ON address.id = company.partner_id
            JOIN loyalty_card_entry entry ON entry.card_id = card.id
            WHERE program.program_type IN %(types)s
              AND (%(day)s::date IS NULL OR entry.date < (
                    (%(day)s::date + 1)::timestamp
                    AT TIME ZONE COALESCE(address.tz, %(zone)s) AT TIME ZONE 'UTC'))
            GROUP BY card.id, company.id, program.id
            HAVING SUM(entry.delta) <> 0
            """,
            types=MONEY_TYPES,
            day=day,
            zone=DEFAULT_ZONE,
        )

    def action_open_enrolment(self):
        """Show the enrolment behind a row: its holder and its history."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_loyalty_card_enrolment"
        )
        view = self.env.ref("customer_card.loyalty_card_view_form_enrolment")
        return {**action, "res_id": self.card_id.id, "views": [(view.id, "form")]}


class CustomerCardLiabilityDay(models.TransientModel):
    """Which day the liability is wanted for."""

    _name = "customer.card.liability.day"
    _description = "Day of the liability"

    day = fields.Date(
        string="At the end of", required=True, default=lambda self: self._default_day()
    )

    @api.model
    def _default_day(self):
        return self.env["loyalty.card"]._today(self.env.company)

    def action_show(self):
        self.ensure_one()
        if self.day > self._default_day():
            raise UserError(self.env._("This day is not over yet. Choose today or an earlier one."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card_report.action_customer_card_liability"
        )
        name = self.env._("Liability at the end of %s", format_date(self.env, self.day))
        return {
            **action,
            "name": name,
            "display_name": name,
            "context": {
                "liability_date": fields.Date.to_string(self.day),
                "search_default_group_company": 1,
                "search_default_group_currency": 1,
                "search_default_group_program": 1,
            },
        }
