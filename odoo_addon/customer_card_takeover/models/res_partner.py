import re

from odoo import models


class ResPartner(models.Model):
    """Take-over files name people, too."""

    _inherit = "res.partner"

    def _erase_card_traces(self, enrolments, cards):
        self._erase_from_files()
        return super()._erase_card_traces(enrolments, cards)

    def _erase_from_files(self):
        """Take the person's lines out of take-over files and out of the lists of refused ones."""
        marks = self._card_marks()
        cells = {mark.casefold() for mark in (self.ref, self.email, self.name) if mark}
        if not marks:
            return

        def names(row):
            text = "\n".join(map(str, row or ()))
            return re.search(marks, text, re.IGNORECASE) or any(
                str(cell).strip().casefold() in cells for cell in row or ()
            )

        imports = self.env["customer.card.import"].search([])
        for one in imports.filtered("filename"):
            one._forget_lines(names)
        refused = self.env["customer.card.import.refusal"].search([])
        refused.filtered(lambda one: names([*(one.cells or ()), one.value, one.reason])).unlink()
