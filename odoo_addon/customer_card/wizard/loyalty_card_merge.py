from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.exact import exact

# Native programs of which native code keeps one card for each customer.
NATIVE_ACCOUNTS = ("ewallet", "loyalty")


class LoyaltyCard(models.Model):
    """Two customers turn out to be one: one account, one discount, everything else side by side."""

    _inherit = "loyalty.card"

    merged_into_id = fields.Many2one(
        "loyalty.card",
        string="Continued in",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model
    def _join_holders(self, sources, target):
        """Join the accounts and discounts of *sources* with those of *target*, before they merge.

        :raises UserError: an account is blocked, or a till is just paying with it
        """
        everyone = [("partner_id", "in", (sources | target).ids)]
        accounts = [
            "|",
            ("single_account", "=", True),
            "&",
            ("is_enrolment", "=", False),
            ("program_id.program_type", "in", NATIVE_ACCOUNTS),
        ]
        today = self._today(self.env.company)
        discounts = [
            ("is_enrolment", "=", True),
            ("blocked", "=", False),
            ("program_id.kind", "=", "discount"),
            "|",
            ("expiration_date", "=", False),
            ("expiration_date", ">=", today),
        ]
        for domain in (accounts, discounts):
            cards = self.search(everyone + domain, order="id")
            for of_program in cards.grouped("program_id").values():
                kept = of_program.filtered(lambda card: card.partner_id == target)[:1]
                kept = kept or of_program[0]
                given_up = of_program.filtered(lambda card: card.partner_id in sources) - kept
                kept.partner_id = target
                for card in given_up:
                    card._continue_in(kept)

    def _continue_in(self, kept):
        """Move balance, reservations and sold units to *kept*, whose term lasts as long as both."""
        self.ensure_one()
        (self | kept)._check_can_join()
        (self | kept)._lock()
        self._move_holds(kept)
        self._transfer(kept)
        ends = [card.expiration_date for card in self | kept]
        starts = [card.valid_from for card in self | kept]
        kept.write(
            {
                "expiration_date": max(ends) if all(ends) else False,
                "valid_from": min(starts) if all(starts) else False,
                "term_total": max((self | kept).mapped("term_total")),
                "customer_card_id": kept.customer_card_id.id
                if kept.customer_card_id == self.customer_card_id
                else False,
            }
        )
        # Taking a moved unit back ends nothing here: the account was there without it.
        self.grant_ids.write(
            {"card_id": kept.id, "began": False, "end_before": kept.expiration_date}
        )
        self._move_orders(kept)
        self.write({"active": False, "merged_into_id": kept.id})

    def _check_can_join(self):
        for card in self:
            card._release_due("")
            if card.blocked:
                raise UserError(
                    self.env._(
                        "%(program)s of %(holder)s is blocked. Unblock it, or correct its balance"
                        " to 0, before you merge the customers.",
                        program=card.program_id.name,
                        holder=card.partner_id.display_name,
                    )
                )
            if card.hold_ids.filtered(lambda one: one.state == "open" and one.kind == "pos"):
                raise UserError(
                    self.env._(
                        "A till is just paying with %(program)s of %(holder)s. Finish or cancel"
                        " that order, then merge the customers.",
                        program=card.program_id.name,
                        holder=card.partner_id.display_name,
                    )
                )

    def _move_holds(self, kept):
        for hold in self.hold_ids.filtered(lambda one: one.state == "open"):
            self.held = float(exact(self.held) - exact(hold.amount))
            kept.held = float(exact(kept.held) + exact(hold.amount))
            key = f"{hold.key.removesuffix(f':{self.id}')}:{kept.id}"
            hold.write({"card_id": kept.id, "key": key})

    def _transfer(self, kept):
        """Book the balance out here and in there, each part into its own bucket."""
        points = exact(self.points)
        if not points:
            return
        paid, bonus = exact(self.paid), exact(self.bonus)
        for card, sign, way in ((kept, 1, "in"), (self, -1, "out")):
            parts = {}
            if card._holds_money():
                parts = {"paid_delta": float(sign * paid), "bonus_delta": float(sign * bonus)}
            card._post(
                sign * points,
                key=f"merge:{self.id}:{kept.id}:{way}",
                reason="transfer",
                note=self.env._("Customers were merged"),
                overdrawn=points < 0 and sign > 0,
                **parts,
            )

    def _move_orders(self, kept):
        """Hook: orders that use this account use *kept* from now on."""

    def _surviving(self):
        """Return the account that goes on after merges of customers."""
        self.ensure_one()
        card = self
        while card.merged_into_id:
            card = card.merged_into_id
        return card
