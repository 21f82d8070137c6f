import json
import logging
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...lib.chain import TEXTS

_logger = logging.getLogger(__name__)

PAGE = 5000


class LoyaltyCardEntry(models.Model):
    """The ledger as a file, which ``customer-card verify`` proves without Odoo."""

    _inherit = "loyalty.card.entry"

    @api.model
    def action_export_ledger(self):
        """Let a manager download all entries of his companies. Changes nothing.

        :raises AccessError: the user is no card manager
        """
        self._check_may_export()
        return {
            "type": "ir.actions.act_url",
            "url": "/customer_card/ledger.jsonl",
            "target": "download",
        }

    @api.model
    def _check_may_export(self):
        if not self.env.user.has_group("customer_card.group_manager"):
            raise AccessError(self.env._("Only customer card managers may export the ledger."))

    @api.model
    def _export_lines(self):
        """Yield the ledger as lines of JSON, account by account, page by page. It names nobody.

        The first line is the header. An entry's line has the texts that were hashed, and ``hash``;
        after the last entry of an account stands how many it has, with ``points`` and ``paid`` as
        the account has them. The last line has the number of lines before it and the SHA-256 over
        them, so that a file that was cut off is found.
        """
        self._check_may_export()
        self.env.flush_all()
        digest, count = sha256(), 0
        for row in self._export_rows(self.env.companies.ids):
            line = json.dumps(row, separators=(",", ":")) + "\n"
            digest.update(line.encode())
            count += 1
            yield line
        _logger.info("user %s exported the ledger: %s lines", self.env.uid, count)
        yield json.dumps({"end": count, "sha256": digest.hexdigest()}) + "\n"

    @api.model
    def _export_rows(self, companies):
        made_at = fields.Datetime.now().isoformat()
        yield {"ledger": "v1", "made_at": made_at, "companies": sorted(companies)}
        account, count = None, 0
        for row in self._export_entries(companies):
            if account and row["card_id"] != account["account"]:
                yield {**account, "entries": count}
                count = 0
            account = row.pop("account")
            count += 1
            yield row
        if account:
            yield {**account, "entries": count}

    @api.model
    def _export_entries(self, companies):
        """Yield each entry with its ``account``, ordered as the accounts' histories are."""
        last = (0, 0)
        while last:
            rows = self.env.execute_query_dict(
                SQL(
                    """
                    SELECT %(texts)s, entry.hash, json_build_object(
                        'account', card.id::text,
                        'points', round(COALESCE(card.points, 0), 6)::text,
                        'paid', round(COALESCE(card.paid, 0), 6)::text) AS account
                    FROM loyalty_card_entry entry JOIN loyalty_card card ON card.id = entry.card_id
                    WHERE (entry.card_id, entry.sequence) > %(last)s
                      AND (card.company_id IS NULL OR card.company_id IN %(companies)s)
                    ORDER BY entry.card_id, entry.sequence LIMIT %(page)s
                    """,
                    texts=SQL(", ").join(
                        SQL(f"COALESCE({text.format(name)}, '') AS {name}")
                        for name, text in TEXTS.items()
                    ),
                    last=last,
                    companies=tuple(companies),
                    page=PAGE,
                )
            )
            yield from rows
            full = len(rows) == PAGE
            last = full and (int(rows[-1]["card_id"]), int(rows[-1]["sequence"]))
