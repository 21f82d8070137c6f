from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError
from odoo.http import request, route

from ..lib.qr_card import svg_uri
from .portal import CustomerCardPortal


class DigitalCardPortal(CustomerCardPortal):
    """The card on the customer's phone: a QR code that changes every half minute."""

    def _own_card(self, card_id):
        """Return the customer's card with this id.

        :raises NotFound: there is none, or it is somebody else's
        """
        card = self._own_cards().filtered(lambda one: one.id == card_id)
        if not card:
            raise NotFound
        return card

    def _digital_medium(self, card):
        """Return the card's digital medium if it can be shown now; the phone needs no reason."""
        media = card.medium_ids.filtered(lambda one: one.tier == "2" and not one.revoked_at)
        shown = card.company_id.card_medium_qr and not card._unusable_sentence()
        return media[:1] if shown else media.browse()

    @route("/my/cards/<int:card_id>/digital", type="http", auth="user", website=True)
    def portal_my_digital_card(self, card_id, **_kw):
        """Show the code, or ask whether the card shall be a digital one as well."""
        card = self._own_card(card_id)
        medium = self._digital_medium(card)
        values = self._prepare_portal_layout_values()
        values.update(page_name="customer_card_digital", card=card, code=False)
        if medium:
            code, seconds = medium._code_now()
            values.update(code=svg_uri(code), seconds=round(seconds, 1))
        response = request.render("customer_card_portal.portal_my_digital_card", values)
        response.headers["Cache-Control"] = "no-store"
        return response

    @route(
        "/my/cards/<int:card_id>/digital/begin",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_begin_digital_card(self, card_id, **_kw):
        """Join a digital code to the card; from then on both show the same balance (HS-05)."""
        card = self._own_card(card_id)
        if card._unusable_sentence():
            raise NotFound
        try:
            request.env["customer.card.medium"].sudo()._digital_of(card)
        except UserError:
            raise NotFound from None
        return request.redirect(f"/my/cards/{card.id}/digital")

    @route("/my/cards/<int:card_id>/digital/code", type="http", auth="user", website=True)
    def portal_digital_code(self, card_id, **_kw):
        """Return ``{"code", "seconds"}``: the picture of now and how long it stays."""
        medium = self._digital_medium(self._own_card(card_id))
        if not medium:
            raise NotFound
        code, seconds = medium._code_now()
        return request.make_json_response(
            {"code": svg_uri(code), "seconds": seconds},
            headers={"Cache-Control": "no-store"},
        )
