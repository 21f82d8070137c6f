from odoo import SUPERUSER_ID
from odoo.http import Controller, request, route

STATUS = {"too_many": 429, "wrong_code": 403, "code_used": 410, "code_too_old": 410}


class PairController(Controller):
    """Where a reader program turns a pairing code into the key of its till."""

    @route(
        "/customer_card/pair",
        type="json2",
        auth="none",
        methods=["POST"],
        readonly=False,
        save_session=False,
    )
    def pair(self, code="", **_kw):
        """Answer ``{"login", "key", "database", "till", "valid_until"}``, or ``{"error"}``.

        A refusal is an answer, no exception: the wrong code must be counted.
        """
        pairings = request.env["customer.till.pairing"].with_user(SUPERUSER_ID)
        answer = pairings._redeem(code, request.httprequest.remote_addr or "")
        status = STATUS.get(answer.get("error"), 200)
        response = request.make_json_response(answer, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response
