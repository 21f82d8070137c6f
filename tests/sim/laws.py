"""The laws, asked of the database after every step; each says its name when it is broken."""

from decimal import Decimal

ENTRIES = """
    SELECT id, card_id, sequence, delta, balance, paid_delta, bonus_delta, key, reason, hash
      FROM loyalty_card_entry WHERE id > %s ORDER BY id
"""
OVERDRAWN = """
    SELECT id FROM loyalty_card
     WHERE id = ANY(%s) AND (round(points::numeric, 6) < round(held::numeric, 6) OR held < 0)
"""
COUNTERS = """
    SELECT id FROM loyalty_card_allowance
     WHERE card_id = ANY(%s) AND (used < 0 OR (NOT unlimited AND used > quantity))
"""
TWICE_A_DAY = """
    SELECT entry.card_id FROM loyalty_card_entry entry
      JOIN loyalty_card card ON card.id = entry.card_id
      JOIN loyalty_program program ON program.id = card.program_id AND program.once_per_day
     WHERE entry.card_id = ANY(%s) AND entry.reason = 'issue' AND entry.quantity + COALESCE(
           (SELECT SUM(back.quantity) FROM loyalty_card_entry back
             WHERE back.reversal_of_id = entry.id), 0) > 0
     GROUP BY entry.card_id, entry.date::date HAVING COUNT(*) > 1
"""


class LawBroken(Exception):
    """A law does not hold; ``name`` is the law's."""

    def __init__(self, name: str, what: object) -> None:
        super().__init__(f"{name}: {what}")
        self.name = name


class Laws:
    """What must be true after each step of one shop day."""

    def __init__(self, env) -> None:
        self.env = env
        self.entries: list[tuple] = []
        self.first = self._rows("SELECT COALESCE(MAX(id), 0) FROM loyalty_card_entry")[0][0]

    def _rows(self, query, *arguments):
        self.env.flush_all()
        self.env.cr.execute(query, arguments)
        return self.env.cr.fetchall()

    def ask(self, cards, credits) -> None:
        """Ask all laws.

        :param cards: enrolments of this shop day
        :param credits: ``{account: Credit}`` of the reference
        :raises LawBroken: the first that does not hold
        """
        entries = self._rows(ENTRIES, self.first)
        if entries[: len(self.entries)] != self.entries:
            raise LawBroken("APPEND", "a booked line of the history changed or went")
        self.entries = entries
        for name, query in (("FLOOR", OVERDRAWN), ("FLOOR", COUNTERS), ("DAY", TWICE_A_DAY)):
            if found := self._rows(query, cards.ids):
                raise LawBroken(name, found)
        if found := self.env["loyalty.card"]._audit_ledger():
            raise LawBroken(found[0]["law"].upper(), found)
        for account, credit in credits.items():
            account.invalidate_recordset()
            is_now = Decimal(str(account.paid)), Decimal(str(account.bonus))
            if is_now != (credit.paid, credit.bonus):
                raise LawBroken("MONEY", f"{is_now}, not {(credit.paid, credit.bonus)}")

    def count(self) -> int:
        """Return how many lines the history has, before and after a call that must add none."""
        return self._rows("SELECT COUNT(*) FROM loyalty_card_entry WHERE id > %s", self.first)[0][0]
