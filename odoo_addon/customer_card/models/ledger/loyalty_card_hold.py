from odoo import fields, models

from ...lib.exact import Amount, exact


class LoyaltyCardHold(models.Model):
    """A reservation: what an open order is about to spend. ``held`` is the sum of the open ones."""

    _name = "loyalty.card.hold"
    _description = "Reservation"
    _order = "id desc"

    card_id = fields.Many2one("loyalty.card", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    kind = fields.Selection(
        [("pos", "Point of sale order"), ("quotation", "Quotation")], required=True, readonly=True
    )
    amount = Amount(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("captured", "Spent"), ("released", "Released")],
        default="open",
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="Names the open order that reserves.")
    expires_at = fields.Datetime(readonly=True)

    _key_unique = models.UniqueIndex("(key) WHERE state = 'open'", "This is reserved already.")
    _amount_positive = models.Constraint("CHECK (amount > 0)", "A reservation is above zero.")
    _due = models.Index("(expires_at) WHERE state = 'open'")

    def _place(self):
        """Return which open order reserves, in words for a seller; glue modules name it."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _close(self, state):
        """Take open reservations off their enrolments, whose rows the caller has locked."""
        for hold in self.filtered(lambda hold: hold.state == "open"):
            hold.card_id.held = float(exact(hold.card_id.held) - exact(hold.amount))
            hold.state = state
