import logging
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...exceptions import BalanceTooLow, KeyReused
from ...lib.exact import Amount, exact, shown
from ...lib.opening import opening
from ...rules.buckets import Buckets, give_back, spend
from ...rules.kinds import LEDGER_TYPES, MONEY_KINDS, MONEY_TYPES

_logger = logging.getLogger(__name__)
# Whose balance it is, by which code, and until when: of a native balance managers change it by
# hand, of an enrolment nobody does.
GUARDED = {
    *("partner_id", "customer_card_id", "code", "expiration_date", "active"),
    *("is_enrolment", "program_id", "company_id"),
}


class LoyaltyCard(models.Model):
    """The one place where balances change, and who may change what.

    Everything that native Sales and Point of Sale book passes ``create`` and ``write`` here, so
    ``points`` always equals the sum of the entries and the last entry's balance (law 1).

    Law 8 is asked of what a row is now, and of what it would be after: a throw-away card of a
    promotion must not become a balance, nor a card of another program or holder.
    """

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "customer.card.server.fields"]

    def _is_ledgered(self):
        return self.is_enrolment or self.program_id.program_type in LEDGER_TYPES

    # --- the ledger's gate ----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        values = opening()
        cards = super().create(self._with_codes(vals_list))
        cards._check_may_be_made()
        if ledgered := cards.filtered(lambda card: card._is_ledgered() and card.points):
            if not self.env.user.has_group("customer_card.group_manager"):
                ledgered._check_may_book()
            ledgered._append_first_entries(values or {})
        return cards

    def _append_first_entries(self, values):
        """Write the entries of balances that cards were made with, by default of paid money."""
        rows = []
        alike = self.grouped(lambda card: (card.points, card._holds_money()))
        for (points, is_money), cards in alike.items():
            balance, stored = exact(points), {"entry_seq": 1}
            buckets = {"paid_delta": float(balance) if is_money else 0.0, "bonus_delta": 0.0}
            buckets.update(values)
            if is_money:
                stored.update(paid=buckets["paid_delta"], bonus=buckets["bonus_delta"])
            rows += [card._entry_row(balance, balance, 1, buckets) for card in cards]
            cards.sudo().write(stored)
        self.env["loyalty.card.entry"].sudo().create(rows)

    def write(self, vals):  # pylint: disable=method-required-super
        coded = self.filtered("is_enrolment") if vals.get("code") else self.browse()
        for card in coded:
            kept = card._code_values(card.kind, vals["code"])
            card._write_gated({**vals, "code": kept["code"]})
            card.sudo()._write_gated({"code_nonce": kept["code_nonce"]})
        return (self - coded)._write_gated(vals) if self - coded or not coded else True

    def _write_gated(self, vals):
        self._check_may_write(vals)
        if "points" not in vals:
            return super().write(vals)
        ledgered = self.filtered(lambda card: card._is_ledgered())
        res = super(LoyaltyCard, self - ledgered).write(vals) if self - ledgered else True
        if ledgered:
            ledgered._check_may_book()
            others = {name: value for name, value in vals.items() if name != "points"}
            if not ledgered._is_server():  # natively sold: what else is written is checked as ever
                super(LoyaltyCard, ledgered).write(others)
                ledgered, others = ledgered.sudo(), {}
            values, before = opening() or {}, ledgered._lock()
            for card in ledgered.sorted("id"):
                delta = exact(vals["points"]) - before[card.id][0]
                if delta or "key" in values:
                    card._book(before[card.id], delta, values, others)
                else:
                    super(LoyaltyCard, card).write(others)
        return res

    def _book(self, before, delta, values, others=None):
        """Append the entry of *delta* and bring the row to its balance: all bookings pass here.

        :param before: ``(points, entry_seq)`` as :meth:`_lock` returned them; the row is locked
        :param values: of the entry; whoever names a key has looked whether it is there
        :param others: what else is written on the row
        """
        points, seq = before
        balance = points + delta
        values = self._completed(delta, balance, values)
        stored = {**(others or {}), "points": float(balance), "entry_seq": seq + 1}
        if self._holds_money():
            stored["paid"] = float(exact(self.paid) + exact(values["paid_delta"]))
            stored["bonus"] = float(balance - exact(stored["paid"]))
        # Native code looks for mails to send when a balance rises; it asks even when it falls.
        row_of = self if delta > 0 else self.with_context(loyalty_no_mail=True)
        super(LoyaltyCard, row_of).write(stored)
        row = self._entry_row(delta, balance, seq + 1, values)
        entry = self.env["loyalty.card.entry"].sudo().create(row)
        if values["overdrawn"]:
            self._tell_overdraft()
        return entry

    def _completed(self, delta, balance, values):
        """Return the entry's *values* with its buckets, and flagged when it overdraws.

        Native code has no limits: an order that is paid is booked whatever is left (law 6).
        """
        parts = self._split(delta, values)
        overdrawn = values.get("overdrawn") or (delta < 0 and balance < exact(self.held))
        return {
            **values,
            "paid_delta": float(parts.paid),
            "bonus_delta": float(parts.bonus),
            "overdrawn": bool(overdrawn),
        }

    def _lock(self):
        """Lock the rows and return ``{id: (points, entry_seq)}`` as the database holds them.

        Every booking also updates the row, so a transaction whose snapshot is older fails with a
        serialization error, which Odoo repeats (law 5).
        """
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, points, COALESCE(entry_seq, 0) FROM loyalty_card"
                " WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(self.ids),
            )
        )
        return {card_id: (exact(points or 0), seq) for card_id, points, seq in rows}

    def _lock_once(self, key):
        """Lock this row as :meth:`_lock` does and look *key* up, in one statement.

        What the transaction has read of the card and its counters before stays true: whoever
        changes them updates the row, so that locking it fails where they are newer (law 5).

        :return: ``((points, entry_seq), entry)``; no entry: nothing was booked under *key*
        """
        self.ensure_one()
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT points, COALESCE(entry_seq, 0),"
                " (SELECT id FROM loyalty_card_entry WHERE key = %s)"
                " FROM loyalty_card WHERE id = %s FOR NO KEY UPDATE",
                key,
                self.id,
            )
        )
        ((points, seq, entry_id),) = rows
        entry = self.env["loyalty.card.entry"].browse(entry_id or ())
        return (exact(points or 0), seq), entry

    def _entry_row(self, delta, balance, seq, values):
        self.ensure_one()
        customer_card = self.env["customer.card"].browse(values.get("customer_card_id") or ())
        customer_card = customer_card.sudo() or self.customer_card_id.sudo()
        return {
            "reason": "sale",
            "key": f"card:{self.id}:{seq}",
            "user_id": self.env.uid,
            "company_id": (self.company_id or self.env.company).id,
            "partner_id": self.partner_id.id,
            "customer_card_id": customer_card.id,
            **customer_card._entry_values(),
            **values,
            "card_id": self.id,
            "sequence": seq,
            "delta": float(delta),
            "balance": float(balance),
        }

    def unlink(self):
        """Archive what has a history (native code deletes gift cards of cancelled orders)."""
        kept = self.filtered(lambda card: card.entry_seq)
        kept.active = False
        return super(LoyaltyCard, self - kept).unlink()

    # --- our own bookings -----------------------------------------------------------

    def _post(self, delta, *, key, reason, **values):
        """Book *delta* on this card once per *key* and return the entry.

        :param delta: signed Decimal, in the program's unit (currency, points, pieces)
        :param key: names the event; the same key with the same content returns the same entry
        :param values: further fields of the entry
        :raises KeyReused: the key stands for another booking
        :raises BalanceTooLow: the balance would fall below what is reserved
        """
        self.ensure_one()
        card, delta = self.sudo(), exact(delta)
        before, entry = card._lock_once(key)
        if entry:
            card._check_same(entry, delta, values)
            return entry
        return card._post_locked(before, delta, key=key, reason=reason, **values)

    def _post_locked(self, before, delta, *, key, reason, **values):
        """Book as :meth:`_post` does, on a row that is locked, under a key that is not there."""
        points, held = before[0], exact(self.held)
        if delta < 0 and not values.get("overdrawn") and points + delta < held:
            raise BalanceTooLow(
                self.env._(
                    "Only %(left)s left on %(program)s: nothing was booked.",
                    left=shown(self.env, points - held),
                    program=self.program_id.name,
                )
            )
        values = {"user_id": self.env.uid, **values, "key": key, "reason": reason}
        return self.with_context(tracking_disable=True)._book(before, delta, values)

    def _check_same(self, entry, delta, values):
        """Refuse a key that stands for another booking than this one."""
        same = entry.card_id == self and exact(entry.delta) == delta
        for name in ("product_id", "allowance_id"):
            same = same and entry[name].id == values.get(name, False)
        if not same or exact(entry.quantity) != exact(values.get("quantity")):
            raise KeyReused(
                self.env._("This key was used for another booking: nothing was booked.")
            )

    def _post_opening_balance(self):
        """Write the first entry of balances that are older than the ledger."""
        due = self.filtered(lambda card: card._is_ledgered() and not card.entry_seq)
        due._append_first_entries({"reason": "opening"})

    # --- stored value in two buckets ------------------------------------------------

    paid = Amount(readonly=True, copy=False)
    bonus = Amount(readonly=True, copy=False)
    _server_fields_too = frozenset({"program_id", "company_id"})
    _client_names_at_birth = frozenset({"program_id"})

    def _holds_money(self):
        return self.program_id.program_type in MONEY_TYPES

    def _split(self, delta, values):
        """Return the :class:`Buckets` of a change of *delta*.

        A booking that knows says so (``paid_delta``, ``bonus_delta``). Spending takes paid money
        first; what a document gives back goes to where that document took it from.
        """
        self.ensure_one()
        if not self._holds_money():
            return Buckets(exact(0), exact(0))
        if "paid_delta" in values:
            return Buckets(exact(values["paid_delta"]), exact(values["bonus_delta"]))
        if delta <= 0:
            return spend(Buckets(exact(self.paid), exact(self.bonus)), -delta)
        return give_back(self._spent_by(values), delta)

    def _spent_by(self, values):
        """Return what the document of *values* took from each bucket and has not given back."""
        if not values.get("origin_id"):
            return Buckets(exact(0), exact(0))
        entries = (
            self.env["loyalty.card.entry"]
            .sudo()
            .search(
                [
                    ("card_id", "in", self._with_joined().ids),
                    ("origin_model", "=", values["origin_model"]),
                    ("origin_id", "=", values["origin_id"]),
                    ("reason", "!=", "grant"),
                ]
            )
        )
        return Buckets(
            -sum((exact(entry.paid_delta) for entry in entries), exact(0)),
            -sum((exact(entry.bonus_delta) for entry in entries), exact(0)),
        )

    def _with_joined(self):
        """Return this account and those that merges of customers joined into it."""
        found = cards = self.sudo().with_context(active_test=False)
        while found := found.search([("merged_into_id", "in", found.ids)]):
            cards |= found
        return cards

    # --- who may change what on a balance (law 8) -----------------------------------

    @api.model
    def _is_server(self):
        return super()._is_server() or opening() is not None

    @api.model
    def default_get(self, fields):
        """What a balance begins with is never a caller's default."""
        values = super().default_get(fields)
        values.pop("points", None)
        return values

    def _check_may_be_made(self):
        """Balances of our programs are made by sales, assignments and bookings only.

        Native Sales throws cards of discounts away with the order; they begin at 0.
        """
        if self._is_server():
            return
        if ours := self.sudo().filtered(
            lambda card: (
                card.program_id.kind and (card.program_id.kind != "discount" or card.points)
            )
        ):
            self._refuse(
                self.env._("%s is given by a sale or by “Assign program”.", ours[0].program_id.name)
            )

    def _check_may_write(self, vals):
        """Whose balance it is, until when and how much: native rights let sellers change that."""
        if self._is_server():
            return
        names = vals.keys() & GUARDED
        if not self.env.user.has_group("customer_card.group_manager"):
            names |= vals.keys() & {"blocked"}
            ledgered = self.sudo().filtered(lambda card: card._is_ledgered())
        else:
            ledgered = self.sudo().filtered("is_enrolment")
        refused = {
            name for name in names if any(one._differs(name, vals[name]) for one in ledgered)
        }
        if refused:
            self._refuse(
                self.env._(
                    "You may not change this on a balance: %s.",
                    ", ".join(self._fields[name].string for name in sorted(refused)),
                )
            )

    def _check_may_book(self):
        """Points are booked by steps that check rights, never by a client (law 8)."""
        if not self._is_server() and not self._is_natively_sold():
            self._refuse(
                self.env._("Balances are changed by bookings only. Use the correction of the card.")
            )

    def _is_natively_sold(self):
        """Tell whether these are Odoo's own gift cards in Sales without our module for Sales.

        That module opens the ledger for native steps. Where it is not installed, they go on as
        natively.
        """
        return not self._sales_are_guarded() and not any(self.sudo().mapped("program_id.kind"))

    @api.model
    def _sales_are_guarded(self):
        return "sale.order.coupon.points" not in self.env

    def _refuse(self, sentence):
        _logger.warning("%s (%s) on %s: %s", self.env.user.login, self.env.uid, self, sentence)
        raise AccessError(sentence)

    # --- what a document is worth: customer_card_points works it out ----------------

    @api.model
    def _settle_document(self, model, res_id, lines, name=""):
        """Let the points of one document equal what its live *lines* earn.

        Only the difference to what was booked before is booked, so a document that arrives twice
        books nothing, and one that was cancelled, changed or deleted is taken back.

        Documents and programs of other companies than the current one have nothing to do with it.

        :param lines: dicts as ``connector.documents.InvoiceLine``, void ones do not count, or as
            ``_earning_lines`` of our own documents
        :return: Decimal, the points that were booked now
        :raises UserError: an amount is no number, or its currency has no rate; nothing is booked
        """
        return self._settle_lines(model, res_id, lines, name)

    @api.model
    def _settle_lines(self, model, res_id, lines, name):
        """Book what *lines* earn and was not booked; without points there is nothing to earn."""
        return Decimal(0)

    @api.model
    def _credit_articles(self, products):
        """Return those of *products* whose sale is a top-up: of ours, or of a native program."""
        programs = self.env["loyalty.program"].with_context(active_test=False)
        ours = programs._sold_as(products).filtered(lambda one: one.kind in MONEY_KINDS)
        native = programs.search(
            [("program_type", "in", MONEY_TYPES), ("rule_ids.product_ids", "in", products.ids)]
        )
        return products & (ours.sale_product_id | native.rule_ids.product_ids)
