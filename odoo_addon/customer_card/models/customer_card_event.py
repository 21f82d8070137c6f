from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .customer_till_present import FRESH_S
from .ledger import shown
from .quick_repeat import repeated, take_turn

FIRST_PRODUCTS = 20
KEEP = timedelta(days=90)
PRESENTED = timedelta(hours=12)


class CustomerCardEvent(models.Model):
    """A card was presented at a till. A screen claims the event, and books what is booked."""

    _name = "customer.card.event"
    _description = "Presented card"
    _order = "id desc"

    key = fields.Char(required=True, readonly=True)
    till_id = fields.Many2one(
        "customer.till", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="till_id.company_id", store=True)
    customer_card_id = fields.Many2one(
        "customer.card", string="Card", readonly=True, ondelete="cascade"
    )
    medium_id = fields.Many2one("customer.card.medium", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(related="customer_card_id.partner_id", string="Customer")
    reader = fields.Char(readonly=True)
    origin = fields.Selection(
        [("insert", "Presented"), ("found", "Already in the reader")], required=True, readonly=True
    )
    status = fields.Char(readonly=True)
    action = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("claimed", "On a screen"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("stale", "Too late"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True)
    partner_number = fields.Char(
        readonly=True, help="Number of a partner group's card that nobody has yet."
    )
    presented_at = fields.Datetime(required=True, readonly=True, index=True)
    claimed_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    claimed_at = fields.Datetime(readonly=True)

    issued = fields.Json(readonly=True, help="Key of the issue that was booked, by counter.")
    used_by = fields.Char(
        readonly=True, help="The order for which the card was presented: model,id or model,uuid."
    )

    _key_unique = models.UniqueIndex("(key)", "This card event exists already.")
    _presented_card = models.Index("(customer_card_id, claimed_by_id) WHERE claimed_at IS NOT NULL")

    def _answer(self, duplicate=False):
        return {
            "key": self.key,
            "status": self.status,
            "action": self.action or "",
            "message": self.message or "",
            "event_id": self.id,
            "duplicate": duplicate,
        }

    def _mark_stale(self):
        """An event no screen took in time will not be taken any more."""
        late = self.filtered(
            lambda event: (
                event.state == "new"
                and event.presented_at < fields.Datetime.now() - timedelta(seconds=2)
            )
        )
        late.write(
            {
                "state": "stale",
                "message": self.env._(
                    "No screen took the card: nothing was booked. Open Odoo and insert it again."
                ),
            }
        )

    @api.autovacuum
    def _gc_events(self):
        self.search([("presented_at", "<", fields.Datetime.now() - KEEP)], limit=10000).unlink()

    @api.model
    def _presented(self, card, ref):
        """Tell whether the calling user has *card* in hand for the order *ref*, and note it.

        One presented card serves one order: what was claimed on the user's screen in the last
        hours and by no other order. Managers need not present a card.

        :param ref: names the order, ``model,id`` or ``model,uuid``
        """
        if self.env.su or self.env.user.has_group("customer_card.group_manager"):
            return True
        events = self.sudo().search(
            [
                ("customer_card_id", "=", card.id),
                ("claimed_by_id", "=", self.env.uid),
                ("claimed_at", ">", fields.Datetime.now() - PRESENTED),
                ("used_by", "in", (False, ref)),
            ]
        )
        event = events.filtered(lambda one: one.used_by == ref)[:1] or events[:1]
        if event and not event.used_by:
            event.used_by = ref
        return bool(event)

    # --- screens ----------------------------------------------------------------------

    @api.model
    @repeated
    def claim(self, event_id, page):
        """Give the event to the first screen that asks and return what it shows, else False.

        A direct issue (no article choice) is booked here, under the screen's user.

        :param page: ``backend`` or ``pos``
        """
        self.env["customer.till"]._check_seller()
        event = self._take(event_id)
        if not event:
            return False
        claim = event._payload() if event.customer_card_id else event._number_payload()
        direct = [counter for counter in claim["counters"] if counter["direct"]]
        if event.action == "issue" and len(direct) == 1 == len(claim["counters"]):
            claim["result"] = event._issue_directly(direct[0])
        elif event.action != "issue":
            event.state = "done"
        return claim

    def _take(self, event_id):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM customer_card_event WHERE id = %s AND state = 'new'"
                " AND presented_at > %s AND company_id IN %s FOR UPDATE SKIP LOCKED",
                event_id,
                fields.Datetime.now() - timedelta(seconds=FRESH_S),
                tuple(self.env.companies.ids),
            )
        )
        event = self.sudo().browse(row[0] for row in rows)
        event.write(
            {"state": "claimed", "claimed_by_id": self.env.uid, "claimed_at": fields.Datetime.now()}
        )
        return event

    def _payload(self):
        self.ensure_one()
        card, partner = self.customer_card_id, self.partner_id
        today = self.env["loyalty.card"]._today(self.company_id)
        live = card._usable_enrolments(today)
        return {
            "event_id": self.id,
            "action": self.action,
            "partner": {"id": partner.id, "name": partner.display_name} if partner else False,
            "holder": card._holder_name(),
            "purposes": self._purposes(),
            "card": {"id": card.id, "number": card.number, "hint": self.medium_id.hint or ""},
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
                }
                for one in live
            ],
            "counters": [
                self._counter(one, allowance)
                for one in live
                if one.program_id.insert_action == "decrease" and not one._refusal(today)
                for allowance in one.allowance_ids._usable_on(today)
            ],
            "result": False,
        }

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
            and len(enrolment.allowance_ids) == 1
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

    def _issue_directly(self, counter):
        try:
            with self.env.cr.savepoint():
                return self._book(
                    counter["allowance_id"],
                    counter["products"][0]["id"],
                    1,
                    f"event:{self.key}",
                    **counter["choices"],
                )
        except UserError as refusal:
            self.write({"state": "refused", "message": str(refusal)})
            return {"message": str(refusal), "remaining": False, "refused": True}

    @api.model
    @repeated
    def issue(self, event_id, allowance_id, product_id, quantity, key, **choices):
        """Issue what the seller confirmed and return ``{"message", "remaining"}``.

        Safe to repeat with the same *key*: it books once.

        :param choices: ``purpose``, for the card of a branch or an employee; glue modules add more
        :raises UserError: the sentence to show; nothing was booked
        """
        event = self._claimed(event_id)
        take_turn(self.env["loyalty.card.allowance"].sudo().browse(allowance_id).exists().card_id)
        return event._book_once(allowance_id, product_id, quantity, str(key), **choices)

    def _book_once(self, allowance_id, product_id, quantity, key, **choices):
        """Book one issue from each counter for one presented card: the next one needs the card."""
        booked = dict(self.issued or {})
        if booked.setdefault(str(allowance_id), key) != key:
            raise UserError(
                self.env._("This was issued already. Insert the card again for another issue.")
            )
        self.issued = booked
        key = f"event:{self.id}:{key}"
        return self._book(allowance_id, product_id, quantity, key, **choices)

    @api.model
    def search_products(self, event_id, allowance_id, query):
        """Return the first articles of the allowance that match *query*, as in ``claim``."""
        event = self._claimed(event_id)
        return event._allowed_products(event._allowance(allowance_id), query)

    @api.model
    def done(self, event_id, message):
        """Close the event: the screen showed it, or the seller cancelled the dialog."""
        event = self._claimed(event_id)
        if event.state == "claimed":
            event.write({"state": "done", "message": str(message or "")[:200]})
        return True

    def _claimed(self, event_id):
        self.env["customer.till"]._check_seller()
        event = self.sudo().search([("id", "=", event_id), ("claimed_by_id", "=", self.env.uid)])
        if not event:
            raise UserError(
                self.env._("This card event belongs to another screen. Insert the card again.")
            )
        return event

    def _allowance(self, allowance_id):
        today = self.env["loyalty.card"]._today(self.company_id)
        allowance = self.customer_card_id._usable_enrolments(today).allowance_ids.filtered(
            lambda one: one.id == allowance_id
        )
        if not allowance:
            raise UserError(
                self.env._("This program cannot be used with the card. Insert the card again.")
            )
        return allowance

    def _entry_values(self, choices):
        """Return the entry's fields that tell where, with whose card and what for."""
        values = {"till_id": self.till_id.id, "customer_card_id": self.customer_card_id.id}
        if purposes := dict(self._purposes()):
            if choices.get("purpose") not in purposes:
                raise UserError(
                    self.env._("Say what the goods are for: %s.", " / ".join(purposes.values()))
                )
            values["purpose"] = choices["purpose"]
        return values

    def _book(self, allowance_id, product_id, quantity, key, **choices):
        self.ensure_one()
        allowance = self._allowance(allowance_id)
        product = self.env["product.product"].browse(product_id).exists()
        if not product:
            raise UserError(self.env._("This article does not exist any more. Choose another one."))
        entry = allowance.card_id._issue(
            allowance,
            product,
            quantity,
            key=key,
            visit=f"event:{self.id}:",
            **self._entry_values(choices),
        )
        if entry.unlimited:
            message = self.env._(
                "%(quantity)s × %(product)s issued.",
                quantity=shown(self.env, entry.quantity),
                product=product.display_name,
            )
        else:
            message = self.env._(
                "%(quantity)s × %(product)s issued, %(left)s left.",
                quantity=shown(self.env, entry.quantity),
                product=product.display_name,
                left=shown(self.env, entry.remaining),
            )
        told = self.message if self.state == "done" else ""
        if message not in (told or ""):
            self.write({"state": "done", "message": f"{told} {message}" if told else message})
        return {"message": message, "remaining": False if entry.unlimited else entry.remaining}
