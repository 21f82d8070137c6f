from odoo import models

from ...lib.exact import exact, shown


class LoyaltyCard(models.Model):
    """How many pieces a customer can take now, and how many in later periods (EX-08).

    The balance also counts what has lapsed with its period, and adds up articles that nobody can
    swap. People are told neither.
    """

    _inherit = "loyalty.card"

    def _pieces_left(self):
        """Return what is left of each quota, in the order of the program's lines.

        :return: ``{name: (now, later)}``, Decimals; ``{name: None}`` for a flat rate
        """
        today = self._today(self.company_id)
        left = {}
        for counter in self.allowance_ids:
            name = counter.program_line_id.display_name
            now, later = left.get(name) or (exact(0), exact(0))
            if counter.unlimited:
                left[name] = None
                continue
            rest = exact(counter.remaining)
            if counter.date_to and counter.date_to < today:
                rest = exact(0)
            if counter.date_from and counter.date_from > today:
                left[name] = (now, later + rest)
            else:
                left[name] = (now + rest, later)
        return left

    def _pieces_text(self):
        """Return "12 now, 48 later"; of several quotas each by itself, with its article."""
        left = self._pieces_left()
        if len(left) < 2:
            return self._quota_text(next(iter(left.values()), (exact(0), exact(0))))
        return ", ".join(f"{name}: {self._quota_text(rest)}" for name, rest in left.items())

    def _quota_text(self, rest):
        if rest is None:
            return self.env._("flat")
        now, later = (shown(self.env, number) for number in rest)
        if rest[1]:
            return self.env._("%(now)s now, %(later)s later", now=now, later=later)
        return self.env._("%s pieces", now)
