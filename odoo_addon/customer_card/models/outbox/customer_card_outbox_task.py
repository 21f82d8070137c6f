import json

from odoo import api, fields, models


class CustomerCardOutbox(models.Model):
    """Tasks of the worker that were given up: here somebody sees why, and can try again."""

    _inherit = "customer.card.outbox"

    stream = fields.Selection(
        selection_add=[("task", "Task of the worker")], ondelete={"task": "cascade"}
    )

    @api.model
    def bury_task(self, task, arguments, reason):
        """Note a task that was given up; with the same arguments it lies here once."""
        outbox = self._of_worker()
        key = {
            "stream": "task",
            "model": str(task)[:200],
            "event": json.dumps(arguments, sort_keys=True)[:2000],
            "res_id": 0,
        }
        row = outbox.search([(name, "=", value) for name, value in key.items()], limit=1)
        row = row or outbox.create(key)
        row.write(
            {
                "state": "dead",
                "attempts": row.attempts + 1,
                "error": str(reason)[:2000],
                "retry_at": False,
            }
        )
        return True

    @api.model
    def raise_tasks(self):
        """Return ``[{"task", "arguments"}]``: tasks for which somebody pressed the button, once."""
        outbox = self._of_worker()
        mine = [("company_id", "in", outbox.env.companies.ids)]
        rows = outbox.search([*mine, ("stream", "=", "task"), ("state", "=", "pending")])
        tasks = [{"task": row.model, "arguments": json.loads(row.event)} for row in rows]
        rows.unlink()
        return tasks
