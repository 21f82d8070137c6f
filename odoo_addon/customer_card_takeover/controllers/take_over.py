from odoo import http
from odoo.http import content_disposition, request


class TakeOver(http.Controller):
    """Files of a take-over: the template to fill in, and the refused lines to correct."""

    @http.route("/customer_card/take_over/template.csv", type="http", auth="user", readonly=True)
    def template(self):
        imports = request.env["customer.card.import"]
        imports.check_access("create")
        return self._csv(imports._template(), request.env._("take-over.csv"))

    @http.route(
        '/customer_card/take_over/<model("customer.card.import"):one>/refused.csv',
        type="http",
        auth="user",
        readonly=True,
    )
    def refused(self, one):
        one.check_access("read")
        return self._csv(one._refused_csv(), request.env._("refused lines.csv"))

    def _csv(self, content, name):
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(content, headers)
