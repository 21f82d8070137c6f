import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...lib.quick_repeat import repeated
from ...lib.row_id import row_id
from ...rules import presented

_logger = logging.getLogger(__name__)
FIRST_PRODUCTS = 20
PRESENTED = timedelta(hours=12)


class CustomerCardEvent(models.Model):
    """A screen claims a presented card: what it shows, and for which order the card counts."""

    _inherit = "customer.card.event"

    @api.model
    def _presented(self, card, ref):
        """Tell whether the calling user has *card* in hand for the order *ref*, and note it.

        One presented card serves one order: what was claimed on the user's screen in the last
        hours and by no other order. Managers need not present a card.

        :param ref: names the order, ``model,id`` or ``model,uuid``
        """
        if self.env.su or self.env.user.has_group("customer_card.group_manager"):
            return True
        events = self._in_hand(card, ref)
        event = events.filtered(lambda one: one.used_by == ref)[:1] or events[:1]
        if event and not event.used_by:
            event.used_by = ref
        return bool(event)

    def _in_hand(self, card, ref):
        """Return when *card* was claimed on this user's screen, for no order yet or for *ref*."""
        return self.sudo().search(
            [
                ("customer_card_id", "=", card.id),
                ("claimed_by_id", "=", self.env.uid),
                ("claimed_at", ">", fields.Datetime.now() - PRESENTED),
                ("used_by", "in", (False, ref)),
            ]
        )

    @api.model
    @repeated
    def claim(self, event_id, page, screen=None):
        """Give the event to the first screen that asks and return what it shows, else False.

        Direct issues (no article choice) are booked here, under the screen's user: ``result`` says
        so, and the screen asks about the other counters only.

        :param page: ``backend`` or ``pos``; it decides nothing
        :param screen: the calling screen's secret; it gets the cards of its own till
        :raises UserError: the screen is not paired
        """
        self.env["customer.till"]._check_seller()
        here = self.env["customer.till.screen"]._must_be_here(screen)
        event = self._take(event_id, here)
        if not event:
            _logger.info(
                "%s did not get card event %s of %s (%s)",
                self.env.user.login,
                event_id,
                here.till_id.name,
                page,
            )
            return False
        claim = event._payload() if event.customer_card_id else event._number_payload()
        if event.action == "issue":
            claim["counters"] = event._take_turns(claim["counters"])
            claim["result"] = event._issue_directly(claim["counters"])
        elif event.state == "claimed":
            event.state = "done"
        return claim

    def _take(self, event_id, here):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM customer_card_event WHERE id = %s AND till_id = %s"
                " AND (state = 'new' OR state = 'refused' AND action <> '')"
                " AND claimed_at IS NULL AND presented_at > %s AND company_id IN %s"
                " FOR UPDATE SKIP LOCKED",
                row_id(event_id),
                here.till_id.id,
                fields.Datetime.now() - timedelta(seconds=presented.FRESH_S),
                tuple(self.env.companies.ids),
            )
        )
        event = self.sudo().browse(row[0] for row in rows)
        if event and event._is_locked_out():
            return event.browse()
        event.write(
            {
                "state": "claimed" if event.state == "new" else event.state,
                "claimed_by_id": self.env.uid,
                "claimed_at": fields.Datetime.now(),
                "screen_id": here.id,
            }
        )
        return event

    def _is_locked_out(self):
        """Tell whether the till is locked, so that this card opens nothing; see glue modules."""
        return False

    def _payload(self):
        self.ensure_one()
        card, partner = self.customer_card_id, self.customer_card_id.order_partner_id
        today = self.env["loyalty.card"]._today(self.company_id)
        live = card._usable_enrolments(today)
        counters = live.filtered(lambda one: one.program_id.insert_action == "decrease")
        refusals = {one: one._refusal(today) for one in counters}
        return {
            "event_id": self.id,
            "action": self.action,
            "partner": {"id": partner.id, "name": partner.display_name} if partner else False,
            "holder": card._holder_name(),
            "purposes": self._purposes(),
            "recipient_required": self.company_id.card_gift_recipient,
            "card": {"id": card.id, "number": card.number, "hint": self.medium_id.hint or ""},
            "on_account": card.on_account,
            "enrolments": [
                {
                    "id": one.id,
                    "program_id": one.program_id.id,
                    "name": one.program_id.name,
                    "kind": one.program_id.kind,
                    "remaining": False
                    if one.is_unlimited or one.kind == "discount"
                    else one.points,
                    "unlimited": one.is_unlimited,
                    "left": one._worth_text() if one.kind == "bonus_item" else "",
                }
                for one in live
            ],
            "refusal": self._refusal_shown(list(refusals.values())),
            "counters": [
                self._counter(one, allowance)
                for one, refusal in refusals.items()
                if not refusal
                for allowance in one.allowance_ids._usable_on(today)
            ],
            "result": False,
        }

    def _refusal_shown(self, refusals):
        """Return why the card gives nothing, in a sentence; empty while a counter gives something.

        :param refusals: of each counter of the card, None where it gives something
        """
        if self.state == "refused":
            return self.message
        return str(refusals[0]) if refusals and all(refusals) else ""

    def _number_payload(self):
        """Return what a screen needs to assign a partner group's card: its number, nothing else."""
        return {
            "event_id": self.id,
            "action": self.action,
            "message": self.message or "",
            "partner_number": self.partner_number or "",
            "partner": False,
            "card": {"id": False, "number": "", "hint": ""},
            "enrolments": [],
            "counters": [],
            "result": False,
        }

    def _purposes(self):
        """Return what the seller says the goods are for, as ``[[value, label]]``; else empty."""
        if not self.customer_card_id._is_free_issue():
            return []
        field = self.env["loyalty.card.entry"]._fields["purpose"]
        return [list(option) for option in field._description_selection(self.env)]

    def _counter(self, enrolment, allowance):
        products = self._allowed_products(allowance)
        direct = (
            enrolment.program_id.no_article_choice
            and not self._purposes()
            and self.origin == "insert"
            and len(products) == 1
        )
        return {
            "enrolment_id": enrolment.id,
            "allowance_id": allowance.id,
            "name": enrolment.program_id.name,
            "line": allowance.display_name,
            "remaining": False if allowance.unlimited else allowance.remaining,
            "unlimited": allowance.unlimited,
            "products": products,
            "direct": direct,
            "choices": {},
        }

    def _allowed_products(self, allowance, query=None):
        domain = list(allowance._product_domain())
        if query:
            domain += [
                "|",
                "|",
                ("name", "ilike", query),
                ("default_code", "=ilike", query),
                ("barcode", "=", query),
            ]
        products = self.env["product.product"].search(domain, limit=FIRST_PRODUCTS)
        return [
            {"id": product.id, "name": product.display_name, "uom": product.uom_id.name}
            for product in products
        ]
