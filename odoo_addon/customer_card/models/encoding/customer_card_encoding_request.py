from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.row_id import row_id

WAIT = timedelta(minutes=3)


class CustomerCardEncoding(models.Model):
    """A screen asks its till's reader to write the next card that is put there."""

    _inherit = "customer.card.encoding"

    deadline = fields.Datetime(
        readonly=True, help="Until then the next card at the till is written. Empty: by the reader."
    )

    _one_waits = models.UniqueIndex(
        "(till_id) WHERE state = 'reserved' AND deadline IS NOT NULL",
        "This till is waiting for another card. Try again.",
    )

    @api.model
    def request(self, card_id, screen):
        """Let the till's reader write the next card as the chip of *card_id*.

        :param screen: the secret of the calling screen; what becomes of it is told to this till's
        :return: ``{"encoding_id", "message"}``
        :raises UserError: the card cannot have a chip, or the till waits for somebody else's card
        """
        card = self.env["customer.card"].browse(row_id(card_id)).exists()
        if not card:
            raise UserError(self.env._("This card does not exist any more. Choose another one."))
        card.check_access("read")
        return self._request(screen, card_id=card.id)

    @api.model
    def request_new(self, partner_id, screen):
        """Let the till's reader write the next card as a new card of this customer.

        The card gets its number when a card is put there; without one nothing is left behind.

        :param partner_id: False for a card without a name, which carries a voucher or credit
        :raises UserError: there is no type of cards for bearers
        """
        partner = self.env["res.partner"].browse(row_id(partner_id) or ()).exists()
        partner.check_access("read")
        if not partner and partner_id:
            raise UserError(self.env._("This customer does not exist any more."))
        if not partner:
            self.env["customer.card"]._bearer_type()
        return self._request(screen, partner_id=partner.id)

    @api.model
    def cancel(self, encoding_id):
        """Stop waiting for the card; whoever asked may cancel, and managers."""
        self.env["customer.till"]._check_seller()
        encoding = self.sudo().search(
            [("id", "=", row_id(encoding_id)), ("company_id", "in", self.env.companies.ids)]
        )
        manager = self.env.user.has_group("customer_card.group_manager")
        if encoding.create_uid == self.env.user or manager:
            encoding._end()
        return True

    @api.model
    def _request(self, screen, **values):
        tills = self.env["customer.till"]
        tills._check_seller()
        till = self.env["customer.till.screen"]._here(screen).till_id
        if not till or till.company_id not in self.env.companies:
            raise UserError(self.env._("Pair this screen with a till first, then write the card."))
        self._free(till)
        encoding = self.sudo().create(
            {"till_id": till.id, "deadline": fields.Datetime.now() + WAIT, **values}
        )
        encoding._check_writable()
        return {"encoding_id": encoding.id, "message": encoding._instruction()}

    def _free(self, till):
        """End what waits at this till for nobody any more, or for this very user.

        :raises UserError: somebody else's card is being waited for
        """
        waiting = self.sudo().search(
            [("till_id", "=", till.id), ("state", "=", "reserved"), ("deadline", "!=", False)]
        )
        theirs = waiting.filtered(lambda one: one._is_waiting() and one.create_uid != self.env.user)
        if theirs:
            raise UserError(
                self.env._(
                    "%(user)s is writing a card at %(till)s. Wait until it is done, or let"
                    " %(user)s cancel it.",
                    user=theirs.create_uid.name,
                    till=till.name,
                )
            )
        waiting._end()
        self.env.flush_all()

    def _is_waiting(self):
        """Tell whether the next card at the till is the one to write."""
        self.ensure_one()
        return (
            self.state == "reserved"
            and bool(self.deadline)
            and self.deadline > fields.Datetime.now()
        )

    def _check_writable(self):
        """Refuse a writing that could not be used.

        :raises UserError: the sentence for the seller
        """
        self.ensure_one()
        card = self.card_id
        if card.company_id != self.company_id and card:
            raise UserError(self.env._("This card belongs to another company."))
        if card and (refusal := card._unusable_sentence()):
            raise UserError(refusal)
        self._check_joins()

    def _instruction(self):
        """Return what the seller does now."""
        if not self.till_id.reader_connected:
            return self.env._(
                "No reader is connected at %s. Check its cable and the reader program.",
                self.till_id.name,
            )
        return self.env._("Put the new card into the reader of %s.", self.till_id.name)
