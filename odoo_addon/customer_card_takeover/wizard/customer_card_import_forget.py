import base64

from odoo import models
from odoo.exceptions import UserError

from ..rules import takeover


class CustomerCardImport(models.Model):
    _inherit = "customer.card.import"

    def _forget_lines(self, names):
        """Take the lines out of the file for which ``names(cells)`` is true.

        :raises UserError: it is being taken over just now
        """
        self.ensure_one()
        try:
            rows = [cells for _line, cells in self._rows()]
        except takeover.Refused:
            return  # nothing of it could be read, so nothing was taken over
        kept = [row for number, row in enumerate(rows) if not number or not names(row)]
        if len(kept) == len(rows):
            return
        if self.state == "running":
            raise UserError(
                self.env._(
                    "A take-over that names this customer is running. Wait until it is done, then"
                    " erase again."
                )
            )
        vals = {"file": base64.b64encode(self._csv(kept))}
        if self.state != "done":
            vals["state"] = "new"
        self._write_file(vals)
