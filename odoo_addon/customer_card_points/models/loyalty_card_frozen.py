from odoo import fields, models
from odoo.addons.customer_card.lib.exact import exact
from odoo.addons.customer_card.lib.opening import open_ledger


class LoyaltyCard(models.Model):
    """A blocked card freezes its points: they stay, go on growing, and cannot be spent (TM-27)."""

    _inherit = "loyalty.card"

    frozen_by_id = fields.Many2one(
        "customer.card", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    def _freeze(self, cards):
        """Block these accounts because *cards* are; forfeit what their programs say."""
        accounts = self.filtered(lambda one: not one.blocked)
        of_card = {card: card for card in cards}
        of_holder = {card.partner_id: card for card in cards if card.partner_id}
        for account in accounts:
            account.frozen_by_id = of_card.get(account.customer_card_id) or of_holder.get(
                account.partner_id
            )
        accounts.with_context(tracking_disable=True).write({"blocked": True})
        accounts.filtered("program_id.forfeit_on_block")._forfeit()

    def _thaw(self):
        self.with_context(tracking_disable=True).write({"blocked": False, "frozen_by_id": False})

    def _forfeit(self):
        """Take what is free off these accounts, each by an entry that a manager can reverse.

        In a few statements for all of them.
        """
        if not self:
            return
        entries, rows = self.env["loyalty.card.entry"].sudo(), []
        locked = self._lock()
        for account in self.sorted("id"):
            points, seq = locked[account.id]
            free = points - exact(account.held)
            if free <= 0:
                continue
            values = {
                "reason": "forfeit",
                "key": f"forfeit:{account.id}:{seq + 1}",
                "terms_id": account.program_id._terms_on(account._today(account.company_id)).id,
            }
            rows.append(account._entry_row(-free, points - free, seq + 1, values))
        with open_ledger():
            entries._book_rows(rows)


class LoyaltyCardEntry(models.Model):
    _inherit = "loyalty.card.entry"

    def _book_rows(self, rows):
        """Write *rows* of as many accounts, whose balances become what the rows say."""
        self.create(rows)
        self.flush_model()
        cards = self.env["loyalty.card"]
        cards.flush_model(["points", "entry_seq"])
        self.env.cr.execute(
            """
            UPDATE loyalty_card card SET points = entry.balance, entry_seq = entry.sequence
            FROM loyalty_card_entry entry
            WHERE entry.card_id = card.id AND entry.key = ANY(%s)
            """,
            [[row["key"] for row in rows]],
        )
        cards.invalidate_model(["points", "entry_seq"])
