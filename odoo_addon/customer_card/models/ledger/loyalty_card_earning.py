from decimal import Decimal

from odoo import api, models

from ...rules.kinds import MONEY_KINDS, MONEY_TYPES


class LoyaltyCard(models.Model):
    """What a document is worth on a balance; who works it out is another module."""

    _inherit = "loyalty.card"

    @api.model
    def _settle_document(self, model, res_id, lines, name=""):
        """Let the points of one document equal what its live *lines* earn.

        Only the difference to what was booked before is booked, so a document that arrives twice
        books nothing, and one that was cancelled, changed or deleted is taken back.

        Documents and programs of other companies than the current one have nothing to do with it.

        :param lines: dicts as ``connector.documents.InvoiceLine``, void ones do not count, or as
            ``_earning_lines`` of our own documents
        :return: Decimal, the points that were booked now
        :raises UserError: an amount is no number, or its currency has no rate; nothing is booked
        """
        return self._settle_lines(model, res_id, lines, name)

    @api.model
    def _settle_lines(self, model, res_id, lines, name):
        """Book what *lines* earn and was not booked; without points there is nothing to earn."""
        return Decimal(0)

    @api.model
    def _credit_articles(self, products):
        """Return those of *products* whose sale is a top-up: of ours, or of a native program."""
        programs = self.env["loyalty.program"].with_context(active_test=False)
        ours = programs._sold_as(products).filtered(lambda one: one.kind in MONEY_KINDS)
        native = programs.search(
            [("program_type", "in", MONEY_TYPES), ("rule_ids.product_ids", "in", products.ids)]
        )
        return products & (ours.sale_product_id | native.rule_ids.product_ids)
