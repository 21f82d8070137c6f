from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_card_medium import normal_token


class CustomerCardEncoding(models.Model):
    """A card being written: reserved, then confirmed once the reader has read it back."""

    _name = "customer.card.encoding"
    _description = "Card encoding"
    _order = "id desc"

    till_id = fields.Many2one("customer.till", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="till_id.company_id", store=True)
    card_id = fields.Many2one("customer.card", required=True, readonly=True, ondelete="cascade")
    token_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    state = fields.Selection(
        [("reserved", "Waiting for the card"), ("written", "Written"), ("aborted", "Aborted")],
        default="reserved",
        required=True,
        readonly=True,
    )

    @api.model
    def reserve(self, number):
        """Return ``{"encoding_id", "token", "number"}`` for the card with this number.

        The token is shown this once; the database keeps its hash.
        """
        till = self.env["customer.till"]._of_bridge()
        card = (
            till.env["customer.card"]
            .sudo()
            .search([("number", "=", number), ("company_id", "=", till.company_id.id)])
        )
        if not card:
            raise UserError(
                till.env._("There is no card with number %s. Create it in Odoo first.", number)
            )
        media = till.env["customer.card.medium"]
        token = media._new_token()
        encoding = self.sudo().create(
            {"till_id": till.id, "card_id": card.id, "token_hash": media._hash("token", token)}
        )
        return {"encoding_id": encoding.id, "token": token, "number": card.number}

    @api.model
    def confirm(self, encoding_id, read_back):
        """Activate the chip that was read back; earlier chips of the card are revoked.

        :raises UserError: not the token that was reserved; the old chip keeps working
        """
        encoding = self._of_till(encoding_id)
        media = encoding.env["customer.card.medium"]
        token = normal_token(read_back)
        if not token or media._hash("token", token) != encoding.token_hash:
            raise UserError(
                encoding.env._("The card holds something else. Insert it again to write it.")
            )
        if encoding.state == "reserved":
            encoding.card_id.medium_ids.filtered(
                lambda medium: medium.kind == "chip" and not medium.revoked_at
            ).action_revoke()
            media._assign(encoding.card_id, "token", "chip", token)
            encoding.state = "written"
        return {
            "number": encoding.card_id.number,
            "message": encoding.env._("Card %s is ready.", encoding.card_id.number),
        }

    @api.model
    def abort(self, encoding_id):
        """Give up a reserved encoding; the card's earlier chip keeps working."""
        encoding = self._of_till(encoding_id)
        if encoding.state == "reserved":
            encoding.state = "aborted"
        return True

    def _of_till(self, encoding_id):
        till = self.env["customer.till"]._of_bridge()
        encoding = till.env[self._name].search(
            [("id", "=", encoding_id), ("till_id", "=", till.id)]
        )
        if not encoding:
            raise UserError(till.env._("This card writing was not started at this till."))
        return encoding
