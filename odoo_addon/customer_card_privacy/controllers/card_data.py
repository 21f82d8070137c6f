import io
import json
import zipfile

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class CardData(http.Controller):
    """All that is stored about a person, as one file to take away."""

    @http.route("/customer_card/data/<int:partner_id>", type="http", auth="user", readonly=False)
    def card_data(self, partner_id):
        """Return a customer's data for a card manager.

        :raises NotFound: no such customer, or not for this user
        """
        partner = request.env["res.partner"].browse(partner_id).exists()
        try:
            partner.ensure_one()._check_card_export()
        except (AccessError, ValueError):
            raise NotFound from None
        return self._archive(partner)

    @http.route("/my/cards/data", type="http", auth="user", readonly=False)
    def my_card_data(self):
        """Return the data of whoever is logged in, and of nobody else."""
        return self._archive(request.env.user.partner_id)

    def _archive(self, partner):
        """Return the ZIP with JSON for machines and PDF for people; the contact says who had it."""
        partner = partner.sudo().with_context(lang=partner.lang or request.env.lang)
        text = json.dumps(partner._card_data(), ensure_ascii=False, indent=1)
        report = partner.env["ir.actions.report"]
        pdf, _kind = report._render_qweb_pdf("customer_card_privacy.card_data", partner.ids)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("card-data.json", text)
            archive.writestr("card-data.pdf", pdf)
        partner.message_post(
            body=request.env._("Card data were handed over to %s.", request.env.user.name)
        )
        return request.make_response(
            file.getvalue(),
            [
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition("card-data.zip")),
                ("Cache-Control", "no-store"),
            ],
        )
