from odoo import fields, models
from odoo.exceptions import UserError

from ...lib.codes import normal_token
from ...rules import presented
from ..encoding.customer_card_encoding import OPEN


class CustomerTill(models.Model):
    """While a screen waits for a card to be written, the next card at the till is that card."""

    _inherit = "customer.till"

    open_encoding_ids = fields.One2many(
        "customer.card.encoding",
        "till_id",
        string="Open writings",
        domain=[("state", "in", OPEN), ("tried", "=", True)],
        readonly=True,
    )

    def _decide_writing(self, event, medium):
        """Return ``(values, medium, answer)``; without an answer the card was not to be written.

        A card whose confirmation got lost is confirmed first: *medium* is then what it has become,
        and *values* say so on the event.
        """
        found = {}
        encodings = self.env["customer.card.encoding"].sudo()
        waiting = self._waiting_encoding()
        token = normal_token(event.value) if event.kind == "token" else None
        tried = encodings._tried_with(token) if token and not medium else encodings
        if self._can_confirm(tried):
            medium, refusal = self._confirmed(tried, token)
            if refusal:
                return {}, medium, refusal
            found = {"medium_id": medium.id, "customer_card_id": medium.card_id.id}
            if tried == waiting:
                return found, medium, self._is_ready(tried)
        if waiting and self._may_be_written(event):
            if medium and not medium.revoked_at:
                answer = self._written_before(waiting, medium)
            else:
                answer = self._answer_or_refusal(waiting, event)
                # Only a token that we know to be dead may be written over.
                answer["overwrite"] = bool(token and (medium or tried))
            if answer:
                return found, medium, answer
        return found, medium, None

    def _waiting_encoding(self):
        encodings = self.env["customer.card.encoding"].sudo()
        return encodings.search(
            [
                ("till_id", "=", self.id),
                ("state", "=", "reserved"),
                ("deadline", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    def _can_confirm(self, tried):
        """Tell whether a written card was found whose confirmation got lost."""
        return tried.state in ("reserved", "aborted") and tried.company_id == self.company_id

    def _confirmed(self, tried, token):
        try:
            with self.env.cr.savepoint():
                return tried._activate(token), None
        except UserError as refusal:  # one card must not hold up the others of this call
            return None, self._refused("refused", str(refusal))

    def _answer_or_refusal(self, encoding, event):
        try:
            with self.env.cr.savepoint():
                return self._to_be_written(encoding, event)
        except UserError as refusal:
            encoding._push("failed", str(refusal))
            return self._refused("refused", str(refusal))

    def _may_be_written(self, event):
        """A scanner writes nothing; a card from before the question is not the answer to it."""
        scanned = event.medium == "qr" or event.kind in ("number", "signed")
        return not scanned and event.age_s <= presented.FRESH_S

    def _is_ready(self, encoding):
        message = self.env._("Card %s is ready.", encoding.card_id.number)
        return {"status": "written", "state": "done", "action": "", "message": message}

    def _written_before(self, encoding, medium):
        """Return the answer for a card that opens something already; it is never overwritten."""
        if medium.card_id == encoding.card_id:
            encoding._finish()
            return self._is_ready(encoding)
        if medium.card_id._is_fresh():
            return None  # a card of the drawer: the screen takes it as it is
        message = self.env._(
            "This is card %(number)s of %(holder)s already. Take a new card.",
            number=medium.card_id.number,
            holder=medium.card_id._holder_name(),
        )
        encoding._push("failed", message)
        return self._refused("refused", message)

    def _to_be_written(self, encoding, event):
        if event.kind == "sun":
            return self._link_tag(encoding, event)
        encoding.kind = "rfid" if event.medium == "rfid" else "chip"
        encoding._prepare()
        message = self.env._("Card %s is being written. Leave it there.", encoding.card_id.number)
        return {
            "status": "encode",
            "state": "done",
            "action": "",
            "message": message,
            "customer_card_id": encoding.card_id.id,
            "encoding_id": encoding.id,
        }

    def _link_tag(self, encoding, event):
        """A genuine NTAG 424 DNA that nobody has is linked as it is; it signs, we write nothing."""
        if not encoding.create_uid.has_group("customer_card.group_manager"):
            message = self.env._("This is a tag of the NTAG 424 DNA kind. A manager links it.")
            encoding._push("failed", message)
            return self._refused("refused", message)
        media = self.env["customer.card.medium"]
        tap = media._tap(event.value)
        encoding._prepare()
        medium = media._assign_tag(encoding.card_id, tap.uid, tap.counter)
        encoding._finish()
        found = {"medium_id": medium.id, "customer_card_id": medium.card_id.id}
        return {**found, **self._is_ready(encoding)}
