from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...lib.codes import normal_token
from ...lib.row_id import row_id

OPEN = ("reserved", "aborted")


class CustomerCardEncoding(models.Model):
    """A card being written: reserved, then confirmed once the reader has read it back.

    A write whose confirmation got lost stays open: the card may hold the token. It is confirmed
    when that card is presented, at any till of the company.
    """

    _name = "customer.card.encoding"
    _description = "Card encoding"
    _order = "id desc"

    till_id = fields.Many2one("customer.till", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="till_id.company_id", store=True)
    card_id = fields.Many2one("customer.card", readonly=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="cascade", help="Gets a new card with this writing."
    )
    kind = fields.Selection(
        [("chip", "Chip"), ("rfid", "RFID")], default="chip", required=True, readonly=True
    )
    try_ids = fields.One2many(
        "customer.card.encoding.try", "encoding_id", groups="base.group_system"
    )
    state = fields.Selection(
        [
            ("reserved", "Waiting for the card"),
            ("written", "Written"),
            ("aborted", "Not finished"),
            ("discarded", "Discarded"),
        ],
        default="reserved",
        required=True,
        readonly=True,
    )
    tried = fields.Boolean(readonly=True, help="A reader was told to write: the card may hold it.")
    message = fields.Char(readonly=True)

    @api.model
    def reserve(self, number):
        """Return ``{"encoding_id", "token", "number"}`` for the blank card with this number.

        The token is shown this once; the database keeps its hash.

        :raises UserError: not set up at this till, or somebody has the card: a stolen key of a
            reader must not make itself any customer's card, so a seller asks for it on a screen
        """
        till = self.env["customer.till"]._of_bridge()
        if not till.write_cards:
            raise UserError(
                till.env._(
                    'Cards are written here when a screen asks for it. Set "Writes cards without a'
                    ' screen" on the till %s to write them from the reader program.',
                    till.name,
                )
            )
        card = (
            till.env["customer.card"]
            .sudo()
            .search([("number", "=", str(number)), ("company_id", "=", till.company_id.id)])
        )
        if not card:
            raise UserError(
                till.env._("There is no card with number %s. Create it in Odoo first.", number)
            )
        if not card._is_fresh() or card.medium_ids:
            raise UserError(
                till.env._(
                    "Card %s is in use: a seller writes it from its form, at a screen paired with"
                    " this till. The reader program writes blank cards only.",
                    card.number,
                )
            )
        encoding = till.env[self._name].create({"till_id": till.id, "card_id": card.id})
        encoding._check_joins()
        return encoding._new_try()

    def _check_joins(self):
        """Refuse now what assigning the written card would refuse."""
        if self.card_id:
            self.card_id._check_may_hand_out()
            self.env["customer.card.medium"]._check_joins(self.card_id, self.kind)

    def _new_try(self):
        """Return what a reader writes now; each call makes another token, all of them count."""
        self.ensure_one()
        media = self.env["customer.card.medium"]
        token = media._new_token()
        self.try_ids = [(0, 0, {"token_hash": media._hash("token", token)})]
        self.tried = True
        return {"encoding_id": self.id, "token": token, "number": self.card_id.number}

    @api.model
    def confirm(self, encoding_id, read_back):
        """Activate the chip that was read back; earlier chips of the card are revoked.

        Repeating it changes nothing.

        :raises UserError: not a token that was reserved; the old chip keeps working
        """
        encoding = self._of_till(encoding_id)
        token = normal_token(read_back)
        if not token or encoding._tried_with(token) != encoding:
            raise UserError(
                encoding.env._("The card holds something else. Insert it again to write it.")
            )
        encoding._activate(token)
        return {
            "number": encoding.card_id.number,
            "message": encoding.env._("Card %s is ready.", encoding.card_id.number),
        }

    @api.model
    def failed(self, encoding_id, reason):
        """Tell the screen why nothing was written; the next card is written all the same."""
        encoding = self._of_till(encoding_id)
        if encoding.state in OPEN:
            encoding.message = str(reason or "")[:200]
            encoding._push("failed", encoding.message)
        return True

    @api.model
    def abort(self, encoding_id):
        """Give up a reserved encoding; the card's earlier chip keeps working."""
        self._of_till(encoding_id)._end()
        return True

    def _end(self):
        """Stop waiting for cards; what a reader has written meanwhile can still be confirmed."""
        for encoding in self.filtered(lambda one: one.state == "reserved"):
            encoding.state = "aborted" if encoding.tried else "discarded"
            encoding._push("ended", self.env._("The card was not written."))

    def _activate(self, token):
        """Make the written chip the card's own, in place of its earlier one; return the medium.

        Other writes of this card are over: of two cards that were written only this one opens it.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL("SELECT 1 FROM customer_card_encoding WHERE id = %s FOR UPDATE", self.id)
        )
        media = self.env["customer.card.medium"]
        if self.state == "written":
            return self._written_medium(token)
        if self.state == "discarded":
            raise UserError(
                self.env._("This writing was discarded. Write the card %s again.", self._number())
            )
        self.card_id.medium_ids.filtered(
            lambda medium: medium.kind == self.kind and not medium.revoked_at
        ).action_revoke()
        medium = media._assign(self.card_id, "token", self.kind, token)
        self._finish()
        return medium

    def _written_medium(self, token):
        """Return the medium this very token became; two readers may have written two cards."""
        medium = self.env["customer.card.medium"]._known("token", token)
        if not medium:
            raise UserError(
                self.env._(
                    "Another card was written as %s meanwhile: this one opens nothing. Use it as"
                    " a new card.",
                    self._number(),
                )
            )
        return medium

    def _finish(self):
        self.state = "written"
        self._push("written", self.env._("Card %s is ready.", self._number()))
        others = self.search([("card_id", "=", self.card_id.id), ("state", "in", OPEN)])
        others._end()
        others.state = "discarded"

    def _prepare(self):
        """Make the new card when there is a piece of plastic for it, not before."""
        if not self.card_id:
            cards = self.env["customer.card"].with_company(self.company_id)
            of_customer = self.partner_id and cards._hand_out(self.partner_id, "")
            self.card_id = of_customer or cards._make_bearer_card()

    def _number(self):
        return self.card_id.number or ""

    @api.model
    def _tried_with(self, token):
        """Return the encoding that gave this token to a reader, whatever became of it."""
        token_hash = self.env["customer.card.medium"]._hash("token", token)
        tries = self.env["customer.card.encoding.try"].sudo()
        return tries.search([("token_hash", "=", token_hash)]).encoding_id.with_env(self.env).sudo()

    def action_discard(self):
        """The seller has the card in hand and it is empty, or he threw it away."""
        self.env["customer.till"]._check_seller()
        self.check_access("read")
        encodings = self.sudo().filtered(lambda one: one.state in OPEN)
        encodings._end()
        encodings.state = "discarded"

    def _of_till(self, encoding_id):
        till = self.env["customer.till"]._of_bridge()
        encoding = till.env[self._name].search(
            [("id", "=", row_id(encoding_id)), ("till_id", "=", till.id)]
        )
        if not encoding:
            raise UserError(till.env._("This card writing was not started at this till."))
        return encoding

    def _push(self, state, message):
        """Tell the till's screens; who started the writing knows it by its id."""
        self.ensure_one()
        self.till_id._send_to_screens(
            "customer_card.encoding",
            {
                "encoding_id": self.id,
                "state": state,
                "message": message,
                "card_id": self.card_id.id,
                "number": self._number(),
            },
        )
