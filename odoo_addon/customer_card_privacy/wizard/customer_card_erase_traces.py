import re

from odoo import models
from odoo.tools import SQL

from ..rules.marks import GONE, pattern

# Models whose texts may name a customer. What a shop sells, and how it is set up, names nobody.
OURS = ("customer.card", "customer.till", "loyalty.card", "loyalty.enrol")
# Columns that name rows, not people: a number in them is no customer's.
NAMES_ROWS = (
    *("key", "code", "number", "model", "res_model", "origin_model", "event", "basis", "channel"),
    *("position", "history", "changed", "hash", "key_hash", "token_hash", "code_hash", "handle"),
    *("pending_key", "state", "kind", "reason", "purpose", "store_fname", "checksum", "mimetype"),
    *("document", "message_id", "access_token", "res_field", "code_nonce", "side", "column"),
)
# Orders and invoices are kept by law; what managers are told about them is not.
TOLD_ABOUT = ("pos.order", "sale.order", "account.move")


class ResPartner(models.Model):
    """What else names an erased person: every text of ours, mails, activities, files."""

    _inherit = "res.partner"

    def _erase_card_traces(self, enrolments, cards):
        """Remove the texts, too, after all that other modules know of."""
        res = super()._erase_card_traces(enrolments, cards)
        for records in (enrolments, cards):
            records.message_ids.unlink()
            records.message_unsubscribe(self.ids)
        events = self.env["customer.card.event"].search([("customer_card_id", "in", cards.ids)])
        events.message = False
        # A card that was written and not confirmed must not come to life again.
        self.env["customer.card.encoding"].search(
            ["|", ("card_id", "in", cards.ids), ("partner_id", "=", self.id)]
        ).unlink()
        self._forget_windows()
        self.env.flush_all()
        if marks := self._card_marks():
            self._erase_from_texts(marks)
        return res

    def _card_marks(self):
        """Return the expression that finds this person in a text."""
        plain = [self.email, self.email_normalized, self.phone, self.ref, *self._phone_digits()]
        return pattern([self.name or ""], [one for one in plain if one])

    def _phone_digits(self):
        """Yield the phone number without what people write between its digits."""
        digits = re.sub(r"[^0-9+]", "", self.phone or "")
        if len(digits) >= 6:
            yield digits

    def _forget_windows(self):
        """Remove what open windows about the person keep for a day."""
        for model in self.env.registry.values():
            if not model._transient or not model._name.startswith(OURS):
                continue
            field = model._fields.get("partner_id")
            if field and field.store and model._name != "customer.card.erase":
                windows = self.env[model._name].with_context(active_test=False)
                windows.search([("partner_id", "=", self.id)]).unlink()

    # --- texts ------------------------------------------------------------------------

    def _erase_from_texts(self, marks):
        """Replace the person in every text column of ours, and in what mails say about ours."""
        cr = self.env.cr
        cr.execute("SET LOCAL customer_card.ledger = 'open'")
        for table in self._own_tables():
            self._erase_from(table, marks)
        cr.execute("SET LOCAL customer_card.ledger = ''")
        of_ours = SQL("model LIKE ANY(%s)", [f"{name}%" for name in OURS])
        self._erase_from("mail_message", marks, of_ours)
        in_ours = SQL("mail_message_id IN (SELECT id FROM mail_message WHERE %s)", of_ours)
        for table in ("mail_mail", "mail_tracking_value"):
            self._erase_from(table, marks, in_ours)
        told = [f"{name}%" for name in (*OURS, *TOLD_ABOUT)]
        self._erase_from("mail_activity", marks, SQL("res_model LIKE ANY(%s)", told))
        self._erase_from(
            "ir_attachment", marks, SQL("res_model LIKE ANY(%s)", [f"{name}%" for name in OURS])
        )
        self._erase_from("bus_bus", marks)

    def _own_tables(self):
        set_up = self._models_of_set_up()
        for model in self.env.registry.values():
            ours = model._name.startswith(OURS) and model._name not in set_up
            if ours and model._auto and not model._abstract:
                yield model._table

    def _erase_from(self, table, marks, only=None):
        columns = self.env.execute_query(
            SQL(
                "SELECT column_name, udt_name FROM information_schema.columns"
                " WHERE table_schema = current_schema AND table_name = %s"
                " AND udt_name IN ('text', 'varchar', 'jsonb') AND column_name <> ALL(%s)",
                table,
                list(NAMES_ROWS),
            )
        )
        if not columns:
            return
        found = SQL(" OR ").join(
            SQL("%s::text ~* %s", SQL.identifier(name), marks) for name, _type in columns
        )
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE (%s)%s",
                SQL.identifier(table),
                SQL(", ").join(
                    SQL(
                        "%s = regexp_replace(%s::text, %s, %s, 'gi')::%s",
                        SQL.identifier(name),
                        SQL.identifier(name),
                        marks,
                        GONE,
                        SQL(kind),
                    )
                    for name, kind in columns
                ),
                found,
                SQL(" AND (%s)", only) if only else SQL(),
            )
        )
