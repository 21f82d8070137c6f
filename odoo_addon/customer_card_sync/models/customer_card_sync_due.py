from odoo import api, fields, models
from odoo.addons.customer_card.lib.quick_repeat import repeated
from odoo.tools import SQL

# More than a call can settle, so that it finds enough of those who collect points.
AT_ONCE = 2000


class CustomerCardSyncDocument(models.Model):
    """What becomes known about one article may change thousands of receipts: slice by slice.

    A slice is a transaction of its own that settles documents and takes their mark away. Settling
    converges, so a slice may be repeated, and one that was killed is done by the next call.
    """

    _inherit = "customer.card.sync.document"

    def _note_due(self, ids):
        """Let *ids* of these documents be due, and the others not any more."""
        if not self:
            return
        query = "UPDATE customer_card_sync_document SET due = id = ANY(%s) WHERE id IN %s"
        changes = " AND due IS DISTINCT FROM (id = ANY(%s))"
        self.env.cr.execute(SQL(query + changes, ids, tuple(self.ids), ids))
        self.invalidate_recordset(["due"])
        self.source_id.invalidate_recordset(["due_count"])

    @api.model
    def _settle_due(self, source):
        """Settle a slice of what is due; return how many documents are left."""
        due = [("source_id", "=", source.id), ("due", "=", True)]
        self.search(due, limit=AT_ONCE, order="id")._settle()
        return self.search_count(due)


class CustomerCardSyncSource(models.Model):
    """The slices as the worker asks for them."""

    _inherit = "customer.card.sync.source"

    due_count = fields.Integer(compute="_compute_due_count", string="Receipts to settle")

    def _compute_due_count(self):
        documents = self.env["customer.card.sync.document"].sudo()
        for source in self:
            due = [("source_id", "=", source.id), ("due", "=", True)]
            source.due_count = documents.search_count(due)

    @api.model
    @repeated
    def settle_due(self, source):
        """Settle for some seconds what is due; return how many documents are left."""
        found = self._of_worker(source)
        return found.env["customer.card.sync.document"]._settle_due(found)

    @api.model
    @repeated
    def check_points(self, source, after=0):
        """Look at some documents, whether their points stand on the lines that are here.

        :param after: what the call before has returned as ``last``
        :return: ``{"last": id, "repaired": number}``, ``last`` is 0 at the end
        """
        found = self._of_worker(source)
        documents = found.env["customer.card.sync.document"]
        if not after:
            links = found.link_ids
            links._match(links._rivals())
            found.env["customer.card.sync.reject"]._try_kept_again(found)
            documents.search([("source_id", "=", found.id), ("state", "=", "failed")])._settle()
        last, wrong = documents._repair(found, after)
        return {"last": last, "repaired": len(wrong)}
