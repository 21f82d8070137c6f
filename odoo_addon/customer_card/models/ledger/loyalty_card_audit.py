import logging

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...lib.chain import LAW as CHAIN
from ...lib.exact import shown
from ...rules.kinds import LEDGER_TYPES, MONEY_TYPES

_logger = logging.getLogger(__name__)

LIMIT = 1000
# A fault in the software breaks many balances at once: managers need to be told, not flooded.
TOLD = 20
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
    "buckets": """
        SELECT card.id, COALESCE(card.points, 0), COALESCE(card.paid, 0) + COALESCE(card.bonus, 0)
        FROM loyalty_card card JOIN loyalty_program program ON program.id = card.program_id
        WHERE program.program_type IN %(money)s
          AND COALESCE(card.points, 0) <> COALESCE(card.paid, 0) + COALESCE(card.bonus, 0)
    """,
    "paid": """
        WITH entry AS (
            SELECT card_id, SUM(paid_delta) AS total FROM loyalty_card_entry GROUP BY card_id)
        SELECT card.id, COALESCE(entry.total, 0), COALESCE(card.paid, 0)
        FROM loyalty_card card JOIN loyalty_program program ON program.id = card.program_id
        LEFT JOIN entry ON entry.card_id = card.id
        WHERE program.program_type IN %(money)s
          AND COALESCE(entry.total, 0) <> COALESCE(card.paid, 0)
    """,
    "chain": CHAIN,
}


class LoyaltyCard(models.Model):
    """The audit: does the ledger still say what the balances say?"""

    _inherit = "loyalty.card"

    @api.model
    def _audit_ledger(self):
        """Compare the numbers of every law over the whole ledger, all companies, one query each.

        :return: the deviations, best an empty list: dicts with ``law``, ``card_id``,
            ``expected`` (what the entries say) and ``found`` (what the balance says)
        """
        self.env.flush_all()
        return [
            {"law": law, "card_id": card_id, "expected": expected, "found": found}
            for law, query in LAWS.items()
            for card_id, expected, found in self.env.execute_query(
                SQL(
                    f"{query} ORDER BY 1 LIMIT %(limit)s",
                    types=LEDGER_TYPES,
                    money=MONEY_TYPES,
                    limit=LIMIT,
                )
            )
        ]

    def _law_in_words(self, law):
        return {
            "sum": self.env._("balance and sum of the history"),
            "last_balance": self.env._("balance and last line of the history"),
            "running_balance": self.env._("a line of the history and the lines before it"),
            "sequence": self.env._("number of lines in the history"),
            "used": self.env._("used pieces and issued pieces"),
            "held": self.env._("reserved amount and open reservations"),
            "buckets": self.env._("balance and paid money plus bonus"),
            "paid": self.env._("paid money and its history"),
            "chain": self.env._("lines of the history and those before the first altered one"),
        }[law]

    @api.model
    def _cron_audit_ledger(self):
        """Tell managers of every balance that its history does not explain."""
        deviations = self._audit_ledger()
        for row in deviations:
            _logger.error("ledger: law %(law)s broken on loyalty.card %(card_id)s", row)
        for row in deviations[:TOLD]:
            self.browse(row["card_id"])._tell_managers(
                self.env._("History and balance differ"),
                self.env._(
                    "The daily check compared %(what)s: %(expected)s and %(found)s. Nothing was"
                    " changed. Do not use this program of the customer before it is cleared up.",
                    what=self._law_in_words(row["law"]),
                    expected=shown(self.env, row["expected"]),
                    found=shown(self.env, row["found"]),
                ),
            )
        return deviations

    @api.model
    def action_audit_ledger(self):
        """Check all balances now, for a manager: say that all is well, or show what is not."""
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may check the balances."))
        deviations = self.sudo()._cron_audit_ledger()
        if not deviations:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("All balances agree with their histories."),
                },
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_card.action_loyalty_card_enrolment"
        )
        return {
            **action,
            "name": self.env._("History and balance differ"),
            "domain": [("id", "in", [row["card_id"] for row in deviations])],
            "context": {"active_test": False},
        }
