from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """A step "Order card" that is marked done orders the card (EX-03).

    :source: seed 001, über einen Vorgangsschritt beim Kunden bestellen
    """

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        step = self.env.ref(
            "customer_card_order.mail_activity_order_card", raise_if_not_found=False
        )
        for activity in self.filtered(lambda one: step and one.activity_type_id == step):
            activity._order_card()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _order_card(self):
        """Order one card for the customer of this step's record, unless one is on its way.

        :raises UserError: the record names no customer
        """
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        names_customer = "partner_id" in record._fields
        partner = record if record._name == "res.partner" else names_customer and record.partner_id
        if not partner:
            raise UserError(
                self.env._(
                    "No card was ordered: %s names no customer. Plan the step on the customer.",
                    record.display_name,
                )
            )
        order = partner._card_order_under_way() or partner._make_card_order()
        if not order.sudo().step_record:
            order.sudo().step_record = record
        record.sudo().message_post(body=self.env._("Card ordered: %s", order._get_html_link()))
