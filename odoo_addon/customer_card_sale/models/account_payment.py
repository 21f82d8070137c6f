from odoo import api, models


class AccountPartialReconcile(models.Model):
    """An invoice is paid, or unpaid again, when its lines are matched or set free."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._matched_card_orders()._settle_value()
        return partials

    def unlink(self):
        orders = self._matched_card_orders()
        res = super().unlink()
        orders._settle_value()
        return res

    def _matched_card_orders(self):
        moves = self.sudo().debit_move_id.move_id | self.sudo().credit_move_id.move_id
        return moves.filtered(lambda move: move.is_sale_document())._card_orders()


class AccountPayment(models.Model):
    """A payment without an entry of its own pays its invoices by its state alone."""

    _inherit = "account.payment"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        payments = self.sudo()
        invoices = payments.invoice_ids | payments.reconciled_invoice_ids
        res = super().write(vals)
        invoices |= payments.invoice_ids | payments.reconciled_invoice_ids
        # Native code reckons it anew for the invoices that somebody has looked at only.
        self.env.add_to_compute(invoices._fields["payment_state"], invoices)
        invoices._card_orders()._settle_value()
        return res
