from odoo import api, fields, http
from odoo.http import content_disposition, request


class Ledger(http.Controller):
    """The ledger as a file, for managers."""

    @http.route("/customer_card/ledger.jsonl", type="http", auth="user", readonly=True)
    def export(self):
        """Stream all entries of the manager's companies; memory stays flat."""
        request.env["loyalty.card.entry"]._check_may_export()
        name = request.env._("ledger %s.jsonl", fields.Date.today())
        headers = [
            ("Content-Type", "application/x-ndjson; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(self._lines(request.env), headers)

    def _lines(self, env):
        """Yield the lines with a cursor of its own: the request's is closed when it is answered."""
        with env.registry.cursor(readonly=True) as cr:
            entries = api.Environment(cr, env.uid, env.context)["loyalty.card.entry"]
            for line in entries._export_lines():
                yield line.encode()
