from odoo import api, models
from odoo.tools import SQL

from .loyalty_card import LEDGER_TYPES

LIMIT = 1000
# Law by law: the rows whose two numbers differ. Every query reads the ledger once.
CARDS = """
    SELECT card.id, card.points, card.held, COALESCE(card.entry_seq, 0) AS entry_seq
    FROM loyalty_card card JOIN loyalty_program program ON program.id = card.program_id
    WHERE card.is_enrolment OR program.program_type IN %(types)s OR card.entry_seq > 0
"""
LAWS = {
    "sum": f"""
        WITH card AS ({CARDS}), entry AS (
            SELECT card_id, SUM(delta) AS total FROM loyalty_card_entry GROUP BY card_id)
        SELECT card.id, COALESCE(entry.total, 0), COALESCE(card.points, 0)
        FROM card LEFT JOIN entry ON entry.card_id = card.id
        WHERE COALESCE(entry.total, 0) <> COALESCE(card.points, 0)
    """,
    "last_balance": f"""
        WITH card AS ({CARDS}), entry AS (
            SELECT DISTINCT ON (card_id) card_id, balance FROM loyalty_card_entry
            ORDER BY card_id, sequence DESC)
        SELECT card.id, entry.balance, COALESCE(card.points, 0)
        FROM card JOIN entry ON entry.card_id = card.id
        WHERE entry.balance <> COALESCE(card.points, 0)
    """,
    "running_balance": """
        WITH entry AS (
            SELECT card_id, balance,
                   SUM(delta) OVER (PARTITION BY card_id ORDER BY sequence) AS total
            FROM loyalty_card_entry)
        SELECT card_id, MIN(total), MIN(balance) FROM entry
        WHERE balance <> total GROUP BY card_id
    """,
    "sequence": f"""
        WITH card AS ({CARDS}), entry AS (
            SELECT card_id, COUNT(*) AS number, MAX(sequence) AS last
            FROM loyalty_card_entry GROUP BY card_id)
        SELECT card.id, COALESCE(entry.number, 0), card.entry_seq
        FROM card LEFT JOIN entry ON entry.card_id = card.id
        WHERE COALESCE(entry.number, 0) <> card.entry_seq
           OR COALESCE(entry.last, 0) <> card.entry_seq
    """,
    "used": """
        WITH entry AS (
            SELECT allowance_id, SUM(quantity) AS total FROM loyalty_card_entry
            WHERE allowance_id IS NOT NULL GROUP BY allowance_id)
        SELECT allowance.card_id, COALESCE(entry.total, 0), COALESCE(allowance.used, 0)
        FROM loyalty_card_allowance allowance
        LEFT JOIN entry ON entry.allowance_id = allowance.id
        WHERE COALESCE(entry.total, 0) <> COALESCE(allowance.used, 0)
    """,
    "held": """
        WITH hold AS (
            SELECT card_id, SUM(amount) AS total FROM loyalty_card_hold
            WHERE state = 'open' GROUP BY card_id)
        SELECT card.id, COALESCE(hold.total, 0), COALESCE(card.held, 0)
        FROM loyalty_card card LEFT JOIN hold ON hold.card_id = card.id
        WHERE COALESCE(hold.total, 0) <> COALESCE(card.held, 0)
    """,
}


class LoyaltyCard(models.Model):
    """The audit: does the ledger still say what the balances say?"""

    _inherit = "loyalty.card"

    @api.model
    def _audit_ledger(self):
        """Compare the numbers of every law over the whole ledger, all companies, one query each.

        :return: the deviations, best an empty list: dicts with ``law``, ``card_id``,
            ``expected`` (Decimal, what the entries say) and ``found`` (what the balance says)
        """
        self.env.flush_all()
        return [
            {"law": law, "card_id": card_id, "expected": expected, "found": found}
            for law, query in LAWS.items()
            for card_id, expected, found in self.env.execute_query(
                SQL(f"{query} ORDER BY 1 LIMIT %(limit)s", types=LEDGER_TYPES, limit=LIMIT)
            )
        ]
