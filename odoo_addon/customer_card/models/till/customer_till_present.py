import logging
import time
from datetime import timedelta

from psycopg2 import DataError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ...exceptions import CredentialRefused
from ...lib.codes import normal_number, normal_token
from ...rules import presented
from ..encoding.customer_card_encoding import OPEN

_logger = logging.getLogger(__name__)
BATCH = 200
# The first action that a live program of the card asks for wins; the others are one button away.
PRIORITY = ("decrease", "pos", "quotation")
ACTIONS = {"decrease": "issue", "pos": "pos", "quotation": "quotation"}
GUESSED_WITHIN = timedelta(minutes=1)
UNKNOWN_LIMIT = 20
MEDIUM_KINDS = ("token", "uid", "number", "signed", "sun")


class CustomerTill(models.Model):
    """A card is presented: what the reader bridge calls. The till is the calling user's own."""

    _inherit = "customer.till"
    locked_until = fields.Datetime(readonly=True, copy=False, groups="base.group_system")
    open_encoding_ids = fields.One2many(
        "customer.card.encoding",
        "till_id",
        string="Open writings",
        domain=[("state", "in", OPEN), ("tried", "=", True)],
        readonly=True,
    )

    @api.model
    def _of_bridge(self):
        """Return the calling user's till, in the user's language (RPC carries none)."""
        tills = self.with_context(lang=self.env.user.lang)
        env = tills.env
        if not env.user.has_group("customer_card.group_bridge"):
            raise AccessError(env._("This user is not a reader user. Ask your manager."))
        till = tills.sudo().search([("user_id", "=", env.uid)])
        if not till:
            raise AccessError(
                env._(
                    "No till has the user %s as its reader user. Set it on the till.",
                    env.user.login,
                )
            )
        return till

    @api.model
    def card_presented(self, events):
        """Record each presented card once, send it to the till's screen, answer the reader.

        :param events: at most 200 dicts ``{"key", "kind", "value", "medium", "reader", "origin",
            "age_s", "seq"}``; ``key`` names the insertion, so a repeated call is safe
        :return: for each ``{"key", "status", "action", "message", "event_id", "duplicate"}``
        :raises AccessError: the user is not a till's reader user (final)
        """
        till = self._of_bridge()
        if not isinstance(events, list) or len(events) > BATCH:
            raise UserError(till.env._("Send at most %s cards in one call.", BATCH))
        till._note_sign("bridge_seen_at")
        return [till._present_one(event) for event in events]

    def _present_one(self, event, from_screen=False):
        """Return the answer for one reported card; a bad value spoils only its own."""
        try:
            report = presented.read(event, from_screen)
            with self.env.cr.savepoint():
                return self._present(report)
        except (ValueError, TypeError, DataError) as problem:
            _logger.warning("%s reported a card that is none: %s", self.name, problem)
            refused = self._refused(
                "refused",
                self.env._("The reader sent something that is no card. Insert the card again."),
            )
            key = presented.shown_key(event)
            return {"key": key, "event_id": False, "duplicate": False, **refused}

    @api.model
    def card_outcomes(self, keys):
        """Return ``[{"key", "state", "message"}]``: what the screen made of earlier cards."""
        till = self._of_bridge()
        known = till.env["customer.card.event"].sudo()
        keys = [key for key in keys[:BATCH] if isinstance(key, str)]
        found = known.search([("till_id", "=", till.id), ("key", "in", keys)])
        found._mark_stale()
        return [
            {"key": event.key, "state": event.state, "message": event.message or ""}
            for event in found
        ]

    @api.model
    def card_removed(self, key):
        """The insertion *key* has ended: the card was taken away. Best effort, never repeated."""
        till = self._of_bridge()
        events = till.env["customer.card.event"].sudo()
        event = events.search([("till_id", "=", till.id), ("key", "=", str(key)[:64])])
        if event:
            event._removed()
        return True

    def _present(self, event):
        events = self.env["customer.card.event"].sudo()
        of_key = [("till_id", "=", self.id), ("key", "=", event.key)]
        if known := events.search(of_key):
            return known._answer(duplicate=True)
        medium, refusal = self._recognise(event)
        row = {
            "key": event.key,
            "till_id": self.id,
            "customer_card_id": medium.card_id.id,
            "medium_id": medium.id,
            "reader": event.reader,
            "origin": "found" if event.origin == "found" else "insert",
            "presented_at": fields.Datetime.now() - timedelta(seconds=event.age_s),
        }
        row.update(refusal or self._decide(event, medium))
        try:
            record = events.create(row)
        except UniqueViolation as known:
            # An earlier call, which the reader gave up, has just ended: repeated, it is found.
            raise ConcurrencyError("this card event is being recorded") from known
        if event.age_s <= presented.FRESH_S:
            self._push(record)  # later it would be a surprise: the event and the log have it
        if record.status == "unknown":
            self._count_guess()
        return record._answer()

    def _decide(self, event, medium):
        """Return status, action and message for a presented card.

        First whether the card is to be written, then whether the till has to wait, then what the
        card opens.
        """
        written, medium, answer = self._decide_writing(event, medium)
        answer = answer or self._locked_refusal() or self._decide_opening(event, medium)
        return {**written, **answer}

    def _decide_opening(self, event, medium):
        """Return status, action and message for a card that opens something; nothing is booked."""
        card = medium.card_id.with_env(self.env).sudo()
        if event.kind == "unreadable":
            return self._refused(
                "unreadable", self.env._("The card could not be read. Insert it again.")
            )
        if not medium:
            return self._unknown(event)
        if medium.revoked_at:
            return self._refused(
                "blocked",
                self.env._(
                    "Card %s was replaced: this chip no longer works. Use the new card.",
                    card.number,
                ),
            )
        if card.company_id != self.company_id:
            return self._refused("unknown", self.env._("This card belongs to another company."))
        if refusal := card._unusable_sentence():
            return self._refused("blocked", refusal)
        if event.age_s > presented.FRESH_S:
            return self._refused(
                "stale",
                self.env._("Card %s was presented too long ago. Insert it again.", card.number),
                state="stale",
            )
        action, refusal = self._action_of(card)
        if refusal and action in ("issue", "customer"):
            return self._refused_opening(card, action, refusal)
        if action == "identify":
            return {
                "status": "identified",
                "state": "done",
                "action": "",
                "message": card._holder_name(),
            }
        if not self.screen_connected:
            return self._refused("no_screen", self._no_screen_sentence())
        opened = self._pushed_sentence(card, action)
        return {
            "status": "pushed",
            "state": "new",
            "action": action,
            "message": f"{refusal} {opened}" if refusal else opened,
        }

    def _refused_opening(self, card, action, refusal):
        """The program gives nothing now: the reader says why, the screen opens the customer still.

        A branch's or an employee's card has no customer to open.
        """
        refused = self._refused("refused", refusal)
        opens = self.screen_connected and not card._is_free_issue()
        return {**refused, "action": action} if opens else refused

    def _pushed_sentence(self, card, action):
        if card.on_account and action in ("quotation", "pos"):
            # In Sales it is a quotation, at the point of sale an order: who claims it is not known.
            return self.env._("Card %s: the purchase on account is on the screen.", card.number)
        return {
            "issue": self.env._("Card %s: the issue is on the screen.", card.number),
            "pos": self.env._("Card %s: the order is on the screen.", card.number),
            "quotation": self.env._("Card %s: the quotation is on the screen.", card.number),
            "customer": self.env._("Card %s: the customer is on the screen.", card.number),
        }[action]

    def _unknown(self, event):
        """Offer the number of a partner group's card for assignment; refuse what nobody knows."""
        number = normal_number(event.value) if event.kind != "uid" else ""
        card_type = self.env["customer.card.type"].sudo()._of_number(number, self.company_id)
        if not card_type:
            return self._refused(
                "unknown",
                self.env._("Unknown card. Assign it to a customer first, in Customer Cards."),
            )
        message = self.env._(
            "Card …%(end)s of %(type)s is not assigned yet. Choose its customer in"
            " Customer Cards > Assign partner card.",
            end=number[-4:],
            type=card_type.name,
        )
        if not self.screen_connected:
            return self._refused("unknown", message)
        return {
            "status": "pushed",
            "state": "new",
            "action": "assign",
            "message": message,
            "partner_number": number,
        }

    def _refused(self, status, message, state="refused"):
        return {"status": status, "state": state, "action": "", "message": message}

    def _action_of(self, card):
        """Return ``(action, refusal)``: what the card opens, and why its programs give nothing now.

        Without a refusal ``issue`` has something to issue.
        """
        today = card.enrolment_ids._today(card.company_id)
        live = card._usable_enrolments(today)
        refusal = None
        for wanted in PRIORITY:
            asking = live.filtered(
                lambda one, wanted=wanted: one.program_id.insert_action == wanted
            )
            if wanted == "decrease" and asking:
                refusals = [one._refusal(today) for one in asking]
                if all(refusals):
                    refusal = str(refusals[0])
                    continue
            if asking:
                return ACTIONS[wanted], refusal
        if card.on_account:
            return self._on_account_action(), refusal
        if refusal:
            return "issue", refusal
        if not live:
            ended = card._all_enrolments().filtered(lambda one: one.state in ("expired", "blocked"))
            refusal = str(ended[0]._refusal(today)) if ended else None
        return "customer", refusal

    def _on_account_action(self):
        """Return what an on-account card opens; the sale and pos modules know better."""
        return "customer"

    def _push(self, event):
        """Send the event to the paired screens, after the commit.

        The screen names the customer (two may stand at the counter), the reader's log does not,
        and a login page or a locked till does not either.
        """
        if event.status == "encode":
            event.encoding_id._push("writing", event.message)
            return
        if event.status == "written" or not self.screen_seen_at:
            return  # the dialog that waits for the card is told by itself
        name = "" if event._is_locked_out() else event.partner_id.display_name
        message = {
            "id": event.id,
            "action": event.action or "message",
            "message": event.message,
            "kind": "info" if event.status in ("pushed", "identified") else "warning",
            "at": time.time(),
            "age_ms": 0,
        }
        named = {**message, "message": f"{name}: {event.message}"} if name else message
        at_login = message if self._is_for_login_page(event) else None
        self._send_to_screens("customer_card.event", named, at_login)

    def _is_for_login_page(self, event):
        """Tell whether a login page may hear of this card: glue modules name the badges."""
        return False

    # --- who has a till's key can try card numbers: after twenty unknown ones he waits

    def _locked_refusal(self):
        """Return the refusal while the till has to wait, else None."""
        locked_until = self.sudo().locked_until
        if not locked_until or locked_until <= fields.Datetime.now():
            return None
        return self._refused(
            "locked",
            self.env._("Too many unknown cards came from this till. Wait a minute, then go on."),
        )

    def _count_guess(self):
        now = fields.Datetime.now()
        lately = self.env["customer.card.event"].sudo()
        unknown = [
            ("till_id", "=", self.id),
            ("status", "=", "unknown"),
            (
                "create_date",
                ">",
                now - GUESSED_WITHIN,
            ),  # the till's own clock could make room for more
        ]
        if lately.search_count(unknown, limit=UNKNOWN_LIMIT) >= UNKNOWN_LIMIT:
            self.sudo().locked_until = now + GUESSED_WITHIN

    # --- what this till can read ----------------------------------------------------

    def _recognise(self, event):
        """Return ``(medium, refusal)`` for a presented card; the refusal is an event's values."""
        media = self.env["customer.card.medium"]
        if event.kind not in MEDIUM_KINDS:
            return media, None
        at = fields.Datetime.now() - timedelta(seconds=event.age_s)
        try:
            return media._resolve(event.kind, event.value, self, at), None
        except CredentialRefused as refusal:
            return media, self._refused("refused", str(refusal))

    def _media_warnings(self):
        """Return a sentence for each medium the company uses and this till cannot read (HS-07)."""
        self.ensure_one()
        company = self.company_id.sudo()
        readable = self._readable_media()
        warnings = []
        if company.card_medium_chip and not readable & {"chip", "rfid"} and not self.nfc_screen:
            warnings.append(
                self.env._(
                    "%s has no reader for chip or RFID cards. Connect one, or customers with such"
                    " cards cannot be served here.",
                    self.name,
                )
            )
        if company.card_medium_qr and "qr" not in readable and not self.wedge_scanner:
            warnings.append(
                self.env._(
                    "%s has no scanner for QR codes. Connect one, or customers with digital cards"
                    " cannot be served here.",
                    self.name,
                )
            )
        return warnings

    # --- while a screen waits for a card to be written, the next card is that card --

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
