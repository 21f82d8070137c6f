from datetime import timedelta

from odoo import api, fields, models

from ...lib.exact import Amount, exact, shown
from ...rules.buckets import credit
from ...rules.kinds import ACCOUNT_KINDS, MONEY_KINDS


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
    amount = Amount(readonly=True, help="Pieces or credit that were added.")
    paid = Amount(readonly=True, help="What was paid for one unit.")
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
        back_note=False,
    ):
        """Let a document line have given *units* of *program*, whatever it gave before.

        Sells what is missing and takes back what is too much, the newest first. Repeating it
        changes nothing. Never refuses what was paid: what was used meanwhile stays used and a
        manager is told.

        :param units: whole number; 0 takes everything back
        :param paid: gross price paid for one unit
        :param back_note: stands on what is taken back: the document that returns it
        :return: the live units of that line
        """
        grants = self.sudo()
        every = grants.search([("origin_model", "=", origin_model), ("origin_id", "=", origin_id)])
        live = every.filtered(lambda grant: grant.state == "live")
        live[: max(len(live) - int(units), 0)]._undo(back_note)
        first = max(every.mapped("number"), default=0) + 1
        missing = range(first, first + int(units) - len(live))
        if missing:
            live |= program._grant_units(
                [f"{origin_model}:{origin_id}:{number}" for number in missing],
                partner,
                customer_card,
                day=day,
                side=side,
                paid=paid,
                till_id=till_id,
                origin={
                    "origin_model": origin_model,
                    "origin_id": origin_id,
                    "origin_name": origin_name,
                },
                number=first,
            )
        return live.filtered(lambda grant: grant.state == "live")

    def _undo(self, note=False):
        """Take these units back: their terms, their pieces or credit, as far as they are left.

        Law 3: the entry that gave them stays, a reversal follows. Repeating it changes nothing.
        """
        for card, grants in self.grouped("card_id").items():
            card._lock()
            if live := grants.filtered(lambda grant: grant.state == "live"):
                live._undo_on(card, note)

    def _undo_on(self, card, note):
        """Take back the units of one enrolment, the newest first, with one entry for each gift."""
        self.state = "undone"
        left = exact(card.points) - exact(card.held)
        bonus, used = max(exact(card.bonus), exact(0)), exact(0)
        for entry, grants in self.grouped("entry_id").items():
            taken = of_bonus = exact(0)
            for grant in grants:
                part = grant._take_pieces() if card.kind == "bonus_item" else grant._takeable(left)
                given = credit(exact(grant.amount), exact(grant.paid)).bonus
                of_bonus += (part_bonus := min(given, bonus, part))
                taken, left, bonus = taken + part, left - part, bonus - part_bonus
                used += exact(grant.amount) - part
            if entry:
                grants[0]._book_back(taken, of_bonus, note)
        self._shorten(card)
        if used:
            card._tell_managers(
                self.env._("Taken back after use"),
                self.env._(
                    "%(document)s was taken back, but %(used)s of %(program)s were used already.",
                    document=self[:1].origin_name or self.env._("A sale"),
                    used=card.currency_id.format(float(used))
                    if card._holds_money()
                    else shown(self.env, used),
                    program=card.program_id.name,
                ),
            )

    def _book_back(self, taken, of_bonus, note=False):
        """Book *taken* off again; of money the bonus goes first, it was never the customer's."""
        card, values = self.card_id, {}
        if card.kind in MONEY_KINDS:
            values = {"paid_delta": float(of_bonus - taken), "bonus_delta": -float(of_bonus)}
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

    def _takeable(self, left):
        return max(min(exact(self.amount), left), exact(0))

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

    def _shorten(self, card):
        """Take the terms of these units off the end; what nothing sold holds any more ends.

        An enrolment that was there before it was sold (taken over, say) goes on. An account was
        renewed, not extended: it gets its end back, unless it was renewed again since.
        """
        live = card.grant_ids.filtered(lambda grant: grant.state == "live")
        if not live and any(card.grant_ids.mapped("began")):
            card.expiration_date = card._today(card.company_id) - timedelta(days=1)
            card.term_total = 0
            return
        months = sum(self.mapped("months"))
        card.term_total -= months
        if card.kind in ACCOUNT_KINDS:
            newest = max(live.ids, default=0)
            if renewals := self.filtered(lambda grant: grant.id > newest).sorted("id"):
                card.expiration_date = renewals[0].end_before
        elif months and card.expiration_date:
            card.expiration_date = card.program_id._end_after(
                card.valid_from, card.term_total, card.expiration_date, months
            )
