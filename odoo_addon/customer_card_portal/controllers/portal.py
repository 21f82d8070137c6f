from werkzeug.exceptions import NotFound

from odoo.addons.loyalty.controllers.portal import CustomerPortalLoyalty
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.http import request, route


class CustomerCardPortal(CustomerPortalLoyalty):
    """What a customer sees of his own cards. Never another's, and never who served him."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "card_program_count" in counters:
            values["card_program_count"] = len(self._own_enrolments()) or len(self._own_cards())
        if programs := values.get("cards_per_programs"):
            # Ours have pages of their own: the native dialog shows a history that is not ours.
            values["cards_per_programs"] = {
                program: cards for program, cards in programs.items() if not program.kind
            }
        return values

    def _own_cards(self):
        cards = request.env["customer.card"].sudo()
        return cards.search([("partner_id", "=", request.env.user.partner_id.id)])

    def _own_enrolments(self):
        enrolments = request.env["loyalty.card"].sudo()
        return enrolments.search(
            [
                ("partner_id", "=", request.env.user.partner_id.id),
                ("is_enrolment", "=", True),
                ("program_id.kind", "!=", False),
            ],
            order="program_id, valid_from desc, id desc",
        )

    @route("/my/cards", type="http", auth="user", website=True)
    def portal_my_cards(self, **_kw):
        """Show the customer's cards and programs."""
        enrolments = self._own_enrolments()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="customer_cards",
            cards=self._own_cards(),
            enrolments=enrolments.filtered(lambda one: one.state != "expired"),
            ended=enrolments.filtered(lambda one: one.state == "expired"),
        )
        return request.render("customer_card_portal.portal_my_cards", values)

    @route(
        [
            "/my/cards/program/<int:enrolment_id>",
            "/my/cards/program/<int:enrolment_id>/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_card_program(self, enrolment_id, page=1, **_kw):
        """Show one of the customer's programs with its history, newest first.

        :raises NotFound: there is none with this id, or it is somebody else's
        """
        enrolment = self._own_enrolments().filtered(lambda one: one.id == enrolment_id)
        if not enrolment:
            raise NotFound
        entries = request.env["loyalty.card.entry"].sudo()
        domain = [("card_id", "=", enrolment.id)]
        pager = portal_pager(
            url=f"/my/cards/program/{enrolment.id}",
            total=entries.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="customer_card_program",
            enrolment=enrolment,
            rows=enrolment._portal_rows(
                entries.search(domain, limit=self._items_per_page, offset=pager["offset"])
            ),
            pager=pager,
        )
        return request.render("customer_card_portal.portal_my_card_program", values)
