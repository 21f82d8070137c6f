from odoo import api, fields, models
from odoo.tools import SQL

from .customer_card_import_book import ORIGIN

SUM = (16, 2)


class CustomerCard(models.Model):
    _inherit = "customer.card"

    import_id = fields.Many2one(
        "customer.card.import",
        string="Taken over by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )


class CustomerCardMedium(models.Model):
    _inherit = "customer.card.medium"

    import_id = fields.Many2one(
        "customer.card.import", readonly=True, index="btree_not_null", ondelete="set null"
    )


class CustomerCardImportTotal(models.Model):
    """A control total: what the file says of one program, against what the ledger says."""

    _name = "customer.card.import.total"
    _description = "Control total of a take-over"
    _order = "kind desc, name, id"

    import_id = fields.Many2one(
        "customer.card.import", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [("program", "Program"), ("chip", "Chips"), ("card", "Cards")],
        string="What",
        required=True,
    )
    program_id = fields.Many2one("loyalty.program", ondelete="cascade")
    name = fields.Char(string="Name in the file")
    file_lines = fields.Integer(string="In the file")
    file_sum = fields.Float(string="Sum in the file", digits=SUM)
    refused_lines = fields.Integer(string="Refused")
    refused_sum = fields.Float(string="Sum refused", digits=SUM)
    known_lines = fields.Integer(string="There before")
    known_sum = fields.Float(string="Sum there before", digits=SUM)
    booked_lines = fields.Integer(string="Booked", compute="_compute_booked")
    booked_sum = fields.Float(string="Sum booked", digits=SUM, compute="_compute_booked")
    open_lines = fields.Integer(string="Still open", compute="_compute_open")
    open_sum = fields.Float(string="Sum still open", digits=SUM, compute="_compute_open")

    def _compute_booked(self):
        """Ask the ledger itself, not the plan, so that the total really controls."""
        for of_import, totals in self.grouped("import_id").items():
            booked = of_import._booked_figures()
            for one in totals:
                key = one.program_id.id if one.kind == "program" else one.kind
                one.booked_lines, one.booked_sum = booked.get(key, (0, 0))

    @api.depends("booked_lines")
    def _compute_open(self):
        """File less refused, there before and booked: 0 when every line is accounted for."""
        for one in self:
            lines = one.refused_lines + one.known_lines + one.booked_lines
            one.open_lines = one.file_lines - lines
            one.open_sum = one.file_sum - one.refused_sum - one.known_sum - one.booked_sum


class CustomerCardImportRefusal(models.Model):
    """A line that was not taken over: where, why, and what to do."""

    _name = "customer.card.import.refusal"
    _description = "Refused line of a take-over"
    _order = "line, id"

    import_id = fields.Many2one(
        "customer.card.import", required=True, ondelete="cascade", index=True
    )
    line = fields.Integer(required=True)
    column = fields.Char()
    value = fields.Char()
    reason = fields.Char(required=True)
    cells = fields.Json()


class CustomerCardImport(models.Model):
    """What came of the lines: totals, and the lines that were refused."""

    _inherit = "customer.card.import"

    def _booked_figures(self):
        """Return ``{program id, "card" or "chip": (lines, sum)}`` that this take-over booked."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT card.program_id, COUNT(*) FILTER (WHERE entry.key NOT LIKE '%%:used'),"
                " SUM(entry.delta) FROM loyalty_card_entry entry"
                " JOIN loyalty_card card ON card.id = entry.card_id"
                " WHERE entry.origin_model = %s AND entry.origin_id = %s"
                " AND entry.reason = 'opening' GROUP BY 1",
                ORIGIN,
                self.id,
            )
        )
        figures = {program_id: (lines, float(total)) for program_id, lines, total in rows}
        for what, model in (("card", "customer.card"), ("chip", "customer.card.medium")):
            count = self.env[model].with_context(active_test=False)
            figures[what] = (count.search_count([("import_id", "=", self.id)]), 0)
        return figures

    def _refuse(self, lines):
        """Keep the refused lines with the reason in words, for the report."""
        titles = self._titles()
        self.env["customer.card.import.refusal"].create(
            [
                {
                    "import_id": self.id,
                    "line": line.number,
                    "column": titles.get(line.column, ""),
                    "value": line.get(line.column),
                    "reason": line.reason,
                    "cells": line.cells,
                }
                for line in lines
                if line.refused
            ]
        )
