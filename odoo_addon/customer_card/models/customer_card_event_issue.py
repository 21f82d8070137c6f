from odoo import api, models
from odoo.exceptions import UserError

from .ledger import shown
from .quick_repeat import repeated, take_turn


class CustomerCardEvent(models.Model):
    """What the screen that claimed a card books, under its user."""

    _inherit = "customer.card.event"

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
