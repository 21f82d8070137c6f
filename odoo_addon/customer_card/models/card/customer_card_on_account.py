"""On-account cards: what is bought with them is delivered now and invoiced to the firm later."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.kinds import MONEY_KINDS


class CustomerCardType(models.Model):
    """A card carries money or buys on account, never both.

    :source: seed 004, Debitkarte in Verbindung mit WaWiAssist (HS-10, I27)
    """

    _inherit = "customer.card.type"

    on_account = fields.Boolean(
        string="Purchases on account",
        help="Nothing is taken off such a card: goods are delivered, and the firm of the holder"
        " gets the invoice later. It carries no credit.",
    )

    @api.constrains("on_account", "holder_type", "program_ids")
    def _check_on_account(self):
        for card_type in self.filtered("on_account"):
            if card_type.holder_type != "customer":
                raise ValidationError(
                    self.env._(
                        "Purchases on account need a customer who gets the invoice:"
                        " choose the holder “Customer” for cards of type %s.",
                        card_type.name,
                    )
                )
            if money := card_type.program_ids.filtered(lambda one: one.kind in MONEY_KINDS):
                raise ValidationError(
                    self.env._(
                        "Cards of type %(type)s buy on account and carry no credit:"
                        " take %(program)s off the programs of a new card.",
                        type=card_type.name,
                        program=money[0].name,
                    )
                )
            cards = self.env["customer.card"].sudo().with_context(active_test=False)
            cards.search([("card_type_id", "=", card_type.id)])._check_never_carried_money()


class CustomerCard(models.Model):
    _inherit = "customer.card"

    on_account = fields.Boolean(related="card_type_id.on_account")
    order_partner_id = fields.Many2one(
        "res.partner",
        string="Buys for",
        compute="_compute_order_partner_id",
        compute_sudo=True,
        help="Whose orders this card opens: the holder's, or with an on-account card the firm's.",
    )

    @api.depends("partner_id.commercial_partner_id", "card_type_id.on_account")
    def _compute_order_partner_id(self):
        for card in self:
            holder = card.partner_id
            card.order_partner_id = holder.commercial_partner_id if card.on_account else holder

    @api.constrains("card_type_id")
    def _check_money_or_account(self):
        self.filtered("on_account")._check_never_carried_money()

    def _check_never_carried_money(self):
        """Refuse cards that were a value card once; the way back is open, no money hangs on it.

        :raises ValidationError: names the first such card
        """
        carried = (
            self.env["loyalty.card"]
            .sudo()
            .with_context(active_test=False)
            .search([("customer_card_id", "in", self.ids), ("program_id.kind", "in", MONEY_KINDS)])
            .customer_card_id
        )
        spent = (
            self.env["loyalty.card.entry"]
            .sudo()
            .search(
                [
                    ("customer_card_id", "in", self.ids),
                    ("card_id.program_id.kind", "in", MONEY_KINDS),
                ],
                limit=1,
            )
            .customer_card_id
        )
        if used := (carried | spent)[:1]:
            raise ValidationError(
                self.env._(
                    "Card %s was used as a value card and cannot become an on-account card."
                    " Make a new on-account card for the customer.",
                    used.number,
                )
            )

    def _money_refusal(self, program):
        """Return why *program* cannot hang on this card, or ""."""
        if not self.on_account or program.kind not in MONEY_KINDS:
            return ""
        return self.env._(
            "Card %(number)s buys on account: credit such as %(program)s is neither kept on it nor"
            " bought with it. Take another card, or let it be paid at once without the card.",
            number=self.number,
            program=program.name,
        )
