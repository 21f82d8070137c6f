from odoo import models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.rules.kinds import ACCOUNT_KINDS
from odoo.tools import SQL

ORIGIN = "customer.card.import"
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "loyalty_no_mail": True,
    "without_programs": True,
}


class CustomerCardImport(models.Model):
    """Booking one line: what is there already stays, what is missing is added."""

    _inherit = "customer.card.import"

    def _book(self, line):
        """Add the card, chip, enrolment and opening entries of *line* that are missing."""
        booking = self.with_context(**QUIET)
        card = booking._ensure_card(line)
        if line.program and not line.program_known:
            booking._ensure_enrolment(line, card)

    def _ensure_card(self, line):
        number = line.get("card_number")
        cards = self.env["customer.card"]
        if not number:
            return cards
        card = line.card or cards.with_context(active_test=False).search(
            [("number", "=", number), ("company_id", "=", self.company_id.id)]
        )
        if not card:
            card = cards.create(
                {
                    "number": number,
                    "card_type_id": line.card_type.id,
                    "partner_id": line.partner.id,
                    "company_id": self.company_id.id,
                    "import_id": self.id,
                }
            )
        media = self.env["customer.card.medium"]
        live = media._resolve("uid", line.uid).filtered(lambda one: not one.revoked_at)
        if line.uid and not live:
            media._assign(card, "uid", "rfid", line.uid).import_id = self
        return card

    def _ensure_enrolment(self, line, card):
        origin = {
            "reason": "opening",
            "origin_model": ORIGIN,
            "origin_id": self.id,
            "origin_name": self.env._("Take-over"),
        }
        enrolment = self._enrolment_of(line) or self._new_enrolment(line, card)
        if line.program.kind != "bonus_item":
            parts = {}
            if enrolment._holds_money():
                bonus = line.amount - line.paid
                parts = {"paid_delta": float(line.paid), "bonus_delta": float(bonus)}
            enrolment._post(line.amount, key=line.key, **origin, **parts)
            return
        allowance = self._new_allowance(line, enrolment)
        values = {"allowance_id": allowance.id, "unlimited": line.unlimited}
        if line.program_line.product_id:
            values["product_id"] = line.program_line.product_id.id
        for key, (delta, quantity) in line.entries().items():
            allowance.used = float(exact(allowance.used) + exact(quantity))
            enrolment._post(
                delta,
                key=key,
                quantity=float(quantity),
                remaining=allowance.remaining,
                **values,
                **origin,
            )

    def _enrolment_of(self, line):
        """Return the enrolment that an earlier line of this take-over began, or an empty one."""
        keys = [line.key]
        if line.program.kind == "bonus_item":
            keys = [f"{line.key}:{one.id}" for one in line.program._quota_lines()]
        return self.env["loyalty.card.entry"].search([("key", "in", keys)], limit=1).card_id

    def _new_enrolment(self, line, card):
        enrolments = self.env["loyalty.card"]
        day = line.valid_from or enrolments._today(self.company_id)
        account = line.program.kind in ACCOUNT_KINDS
        if account and (found := enrolments._account_of(line.program, line.partner, card, day)):
            return found
        if account and line.partner:
            card = card.browse()
        if card:
            card._check_program_limit(line.program)
        enrolment = enrolments._create_enrolment(line.program, line.partner, card, day, line.side)
        values = {}
        if line.valid_until:
            values["expiration_date"] = line.valid_until
        if code := line.get("voucher_no"):
            values["code"] = code
        if values:
            enrolment.write(values)
        return enrolment

    def _new_allowance(self, line, enrolment):
        number = list(line.program._quota_lines()).index(line.program_line) + 1
        return self.env["loyalty.card.allowance"].create(
            {
                **enrolment._allowance_values(line.program_line, number, 0),
                "unlimited": line.unlimited,
                "quantity": float(line.granted),
            }
        )

    def _raise_number_ranges(self):
        """Let new cards be numbered above the ones taken over, where the two could meet."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT type.sequence_id, MAX(card.number::bigint) FROM customer_card card"
                " JOIN customer_card_type type ON type.id = card.card_type_id"
                " WHERE card.import_id = %s AND card.number ~ '^[0-9]{1,15}$' GROUP BY 1",
                self.id,
            )
        )
        for sequence_id, highest in rows:
            sequence = self.env["ir.sequence"].browse(sequence_id)
            meets = len(str(highest)) <= max(sequence.padding, len(str(sequence.number_next)))
            if meets and not sequence.prefix and highest >= sequence.number_next_actual:
                sequence.number_next_actual = highest + 1
