from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _earning_lines(self):
        """Name what a credit note takes back: it counts by the terms of that invoice.

        :return: also ``reverses`` (model and id) and ``reverses_day`` of each line
        """
        lines = super()._earning_lines()
        if not (original := self.reversed_entry_id):
            return lines
        reverses = {"reverses": (original._name, original.id), "reverses_day": original.date}
        return [{**line, **reverses} for line in lines]
