from datetime import timedelta

from odoo import api, fields, models

from ..rules.buckets import credit
from .ledger import POINTS, exact, shown
from .loyalty_program import ACCOUNT_KINDS, MONEY_KINDS


class LoyaltyCardGrant(models.Model):
    """One sold (or given) unit of a program: what it added to an enrolment, to undo it exactly."""

    _name = "loyalty.card.grant"
    _description = "Sold program"
    _order = "id desc"

    card_id = fields.Many2one(
        "loyalty.card", string="Enrolment", required=True, ondelete="restrict", index=True
    )
    program_id = fields.Many2one(related="card_id.program_id", store=True, index=True)
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    key = fields.Char(required=True, readonly=True)
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Integer(readonly=True)
    origin_name = fields.Char(string="Document", readonly=True)
    number = fields.Integer(readonly=True, help="Counts the units of one document line.")
    state = fields.Selection(
        [("live", "Sold"), ("undone", "Taken back")], default="live", required=True, readonly=True
    )
    amount = fields.Float(digits=POINTS, readonly=True, help="Pieces or credit that were added.")
    paid = fields.Float(digits=POINTS, readonly=True, help="What was paid for one unit.")
    months = fields.Integer(readonly=True)
    began = fields.Boolean(readonly=True, help="The enrolment was made for this unit.")
    end_before = fields.Date(readonly=True, help="Until when the enrolment was valid before.")
    pieces = fields.Json(readonly=True, help="Pieces added, by counter.")
    entry_id = fields.Many2one("loyalty.card.entry", readonly=True, ondelete="restrict")

    _key_unique = models.UniqueIndex("(key)", "This unit was sold already.")
    _origin_line = models.Index("(origin_model, origin_id) WHERE state = 'live'")

    @api.model
    def _settle(
        self,
        origin_model,
        origin_id,
        units,
        program,
        partner=None,
        customer_card=None,
        day=None,
        side=False,
        paid=0,
        origin_name="",
        till_id=False,
    ):
        """Let a document line have given *units* of *program*, whatever it gave before.

        Sells what is missing and takes back what is too much, the newest first. Repeating it
        changes nothing. Never refuses what was paid: what was used meanwhile stays used and a
        manager is told.

        :param units: whole number; 0 takes everything back
        :param paid: gross price paid for one unit
        :return: the live units of that line
        """
        grants = self.sudo()
        every = grants.search([("origin_model", "=", origin_model), ("origin_id", "=", origin_id)])
        live = every.filtered(lambda grant: grant.state == "live")
        for surplus in live[: max(len(live) - int(units), 0)]:
            surplus._undo()
        number = max(every.mapped("number"), default=0)
        for missing in range(1, int(units) - len(live) + 1):
            live |= program._grant(
                partner,
                customer_card,
                day=day,
                side=side,
                paid=paid,
                key=f"{origin_model}:{origin_id}:{number + missing}",
                till_id=till_id,
                origin={
                    "origin_model": origin_model,
                    "origin_id": origin_id,
                    "origin_name": origin_name,
                },
                number=number + missing,
            )
        return live.filtered(lambda grant: grant.state == "live")

    def _undo(self, note=False):
        """Take this unit back: its term, its pieces or credit, as far as they are left.

        Law 3: the entry that gave it stays, a reversal follows. Repeating it changes nothing.
        """
        self.ensure_one()
        card = self.card_id
        card._lock()
        if self.state != "live":
            return
        self.state = "undone"
        taken = self._take_pieces() if card.kind == "bonus_item" else self._takeable()
        if self.entry_id:
            self._book_back(taken, note)
        self._shorten()
        if used := exact(self.amount) - taken:
            card._tell_managers(
                self.env._("Taken back after use"),
                self.env._(
                    "%(document)s was taken back, but %(used)s of %(program)s were used already.",
                    document=self.origin_name or self.env._("A sale"),
                    used=shown(self.env, used),
                    program=card.program_id.name,
                ),
            )

    def _book_back(self, taken, note=False):
        card = self.card_id
        values = self._reversed_buckets(taken) if card.kind in MONEY_KINDS else {}
        card._post(
            -taken,
            key=f"undo:{self.key}",
            reason="reversal",
            reversal_of_id=self.entry_id.id,
            note=note,
            origin_model=self.origin_model,
            origin_id=self.origin_id,
            origin_name=self.origin_name,
            **values,
        )

    def _takeable(self):
        card = self.card_id
        return max(min(exact(self.amount), exact(card.points) - exact(card.held)), exact(0))

    def _take_pieces(self):
        """Lower the counters by what this unit added and is not used; return the pieces taken."""
        taken = exact(0)
        counters = self.env["loyalty.card.allowance"]
        for counter_id, pieces in (self.pieces or {}).items():
            counter = counters.browse(int(counter_id))
            part = min(exact(pieces), exact(counter.remaining))
            if counter.unlimited:
                continue
            counter.quantity = float(exact(counter.quantity) - part)
            taken += part
        return taken

    def _reversed_buckets(self, taken):
        """Return the change of the buckets: bonus goes first, it was never the customer's money."""
        card = self.card_id
        given = credit(exact(self.amount), exact(self.paid))
        bonus = min(given.bonus, max(exact(card.bonus), exact(0)), taken)
        return {"paid_delta": float(bonus - taken), "bonus_delta": -float(bonus)}

    def _shorten(self):
        """Take the term of this unit off the end; what nothing sold holds any more ends.

        An enrolment that was there before it was sold (taken over, say) goes on. An account was
        renewed, not extended: it gets its end back, unless it was renewed again since.
        """
        card = self.card_id
        live = card.grant_ids.filtered(lambda grant: grant.state == "live")
        if not live and any(card.grant_ids.mapped("began")):
            card.expiration_date = card._today(card.company_id) - timedelta(days=1)
            card.term_total = 0
            return
        card.term_total -= self.months
        if card.kind in ACCOUNT_KINDS:
            if not live.filtered(lambda grant: grant.id > self.id):
                card.expiration_date = self.end_before
        elif self.months and card.expiration_date:
            card.expiration_date = card.program_id._end_after(
                card.valid_from, card.term_total, card.expiration_date, self.months
            )
