from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .customer_card_outbox import ERROR

REFERENCE = 200


class CustomerCardOutbox(models.Model):
    """Issues whose goods lie in another ERP: handed out with their data, confirmed in one call."""

    _inherit = "customer.card.outbox"

    @api.model
    def pull_issues(self, limit=100, worker="", version=""):
        """Return ``{"now", "backlog", "rows"}``: issues for the other ERP that are due, with data.

        Claims nothing. A reversal waits until its issue is booked there.

        :return: per row ``id``, ``key`` (names the issue for ever, also over there), ``quantity``
            (negative: the goods come back) in ``unit``, ``product``, ``customer``, ``place``,
            ``lot``, ``origin``, ``date`` (UTC)
        """
        page = self.pull(["push"], limit, worker, version)
        rows = self._of_worker().browse(row["id"] for row in page["rows"])
        entries = {row.id: self.env["loyalty.card.entry"].sudo().browse(row.res_id) for row in rows}
        behind = self._reversals_behind(entries.values())
        page["rows"] = [
            {"id": row, **self._foreign_issue(entry)}
            for row, entry in entries.items()
            if entry.id not in behind
        ]
        return page

    def push_done(self, results):
        """Note what the other ERP booked, and delete these rows, in one transaction.

        :param results: ``[{"id", "reference", "error"}]`` of these rows; with an error the row
            stays, failed, and is offered again
        :return: ``{"done": [ids], "failed": [{"id", "error"}], "busy": [ids]}``; safe to repeat
        """
        outbox = self._of_worker()
        by_row = {result.get("id"): result for result in results if isinstance(result, dict)}

        def note(row):
            result = by_row.get(row.id)
            if result is None or row.stream != "push":
                raise UserError(row.env._("The worker does not say what became of this row."))
            if result.get("error"):
                raise UserError(str(result["error"])[:ERROR])
            row.env.cr.execute(
                SQL(
                    """
                    INSERT INTO customer_card_foreign_move (entry_id, reference, booked_at)
                    VALUES (%s, %s, %s) ON CONFLICT (entry_id) DO NOTHING
                    """,
                    row.res_id,
                    str(result.get("reference") or "")[:REFERENCE],
                    fields.Datetime.now(),
                )
            )

        return outbox._settle(note)

    @api.model
    def _reversals_behind(self, entries):
        """Return the ids of reversals whose issue still waits for the other ERP."""
        reversals = {entry.reversal_of_id.id: entry.id for entry in entries if entry.reversal_of_id}
        waiting = self.sudo().search(
            [
                ("stream", "=", "push"),
                ("model", "=", "loyalty.card.entry"),
                ("res_id", "in", list(reversals)),
            ]
        )
        return {reversals[row.res_id] for row in waiting}

    @api.model
    def _foreign_issue(self, entry):
        """Return what another ERP needs to book *entry*: numbers and names, no ids of ours."""
        product = entry.product_id.exists()
        partner = entry.partner_id.exists() or entry.card_id.partner_id
        return {
            "key": f"{self._host()}_{entry.id}",
            "quantity": entry.quantity,
            # As it was named when it was made: both sides look it up in this language.
            "unit": product.with_context(lang="en_US").uom_id.name or "",
            "product": {
                "code": product.default_code or "",
                "barcode": product.barcode or "",
                "name": product.name or "",
            },
            "customer": {"ref": partner.ref or "", "name": partner.name or ""},
            "place": entry.till_id.exists().name or "",
            "lot": "",
            "origin": entry.card_id.program_id.name or "",
            "date": fields.Datetime.to_string(entry.date),
        }

    @api.model
    def _host(self):
        """Return what the keys begin with that this database gives its issues."""
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid", "")[:8]
