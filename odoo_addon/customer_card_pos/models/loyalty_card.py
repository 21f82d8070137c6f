from odoo import api, models
from odoo.addons.customer_card.lib.exact import shown
from odoo.addons.customer_card.lib.row_id import row_id
from odoo.addons.customer_card.rules.kinds import BEARER_KINDS, SPENDABLE_KINDS

# Kinds that an order can spend; everything else applies by itself or is issued.


class LoyaltyCard(models.Model):
    """The live enrolments of an order's customer, in one call."""

    _inherit = "loyalty.card"

    @api.model
    def get_pos_enrolments(self, partner_id, customer_card_id, order_uuid=None):
        """Return what an order of this customer may use today.

        :param partner_id: the order's customer, or False
        :param customer_card_id: the card presented for this order, or False
        :param order_uuid: the order; a card that was not presented for it opens nothing
        :return: ``programs`` the ids of the gated programs that are open, ``cards`` the accounts
            among them, with what is left to spend, ``has_card`` whether the customer has a card,
            ``needs_card`` the sentence which programs wait for the card, or "", ``currencies``
            for each currency of these accounts the sentence for a till in another one
        """
        self.env["pos.order"].check_access("create")
        partner = self.env["res.partner"].browse(row_id(partner_id) or ()).exists()
        partner.check_access("read")
        customer_card = self._presented_card(customer_card_id, order_uuid)
        programs, cards = self._open_to_order(partner, customer_card)
        return {
            "programs": programs.ids,
            "cards": [card._get_pos_balance(order_uuid) for card in cards],
            "has_card": bool(self.env["customer.card"]._in_hand_of(partner)),
            "needs_card": self._get_card_hint(partner, programs),
            "currencies": cards._get_currency_hints(),
        }

    @api.model
    def _get_card_hint(self, partner, programs):
        today = self._today(self.env.company)
        missing = self.env["loyalty.program"].sudo()._missing_card(partner, programs, today)
        if not missing:
            return ""
        return self.env._(
            "Only with the card: %s. Let the customer insert it.",
            ", ".join(missing.mapped("name")),
        )

    def _get_currency_hints(self):
        return {
            currency.id: self.env._(
                "%(program)s is in %(currency)s.",
                program=", ".join(cards.program_id.mapped("name")),
                currency=currency.name,
            )
            for currency, cards in self.grouped(lambda card: card.program_id.currency_id).items()
        }

    @api.model
    def _presented_card(self, customer_card_id, order_uuid):
        """Return the card if the calling seller has it in hand for this order (AX-22)."""
        card = self.env["customer.card"].sudo().browse(row_id(customer_card_id) or ()).exists()
        events = self.env["customer.card.event"]
        if card and events._presented(card, f"pos.order,{order_uuid}"):
            return card
        return card.browse()

    @api.model
    def _open_to_order(self, partner, customer_card):
        """Return the open programs of this customer and card, and their spendable accounts."""
        company = self.env.company
        today = self._today(company)
        program_model = self.env["loyalty.program"].sudo()
        programs = program_model.search(
            [
                ("company_id", "in", [False, *company.sudo().parent_ids.ids]),
                ("redeem_channel", "!=", "sale"),
                *program_model._gate_domain(partner, customer_card, today),
            ]
        )
        cards = self.sudo().search(
            [
                ("program_id", "in", programs.ids),
                ("program_id.kind", "in", SPENDABLE_KINDS),
                *program_model._live_enrolment_domain(partner, customer_card, today),
            ]
        )
        return programs, cards

    @api.model
    def _is_of_till(self, config):
        """Return a test for cards that a point of sale of this company and currency may use."""
        company = config.company_id or self.env.company
        currency = config.currency_id or company.currency_id
        companies = company.sudo().parent_ids
        return lambda card: (
            (not card.company_id or card.company_id in companies)
            and card.program_id.currency_id == currency
        )

    def _get_pos_balance(self, order_uuid=None):
        key = self._pos_key(order_uuid)
        return {
            "id": self.id,
            "program_id": self.program_id.id,
            "points": float(self._free(key)),
            "reserved": self._reserved_text(key),
        }

    def _get_pos_update(self):
        """Return the balance as native code takes it up after a payment."""
        return {**self._get_pos_balance(), "old_id": self.id, "partner_id": self.partner_id.id}

    def _pos_key(self, order_uuid):
        """Return the name of what an order of the point of sale reserves on this card."""
        return f"pos.order:{order_uuid}:{self.id}"

    def _get_pos_refusal(self, left):
        """Return the sentence for a seller whose order wants more than this enrolment gives."""
        self.ensure_one()
        return self.env._(
            "Only %(left)s left on %(program)s. The order was corrected, please check it.",
            left=shown(self.env, left),
            program=self.program_id.name,
        )

    def _opens_by(self, partner, code):
        """Tell whether this card opens by its code, or as a native one by its holder."""
        self.ensure_one()
        if self.is_enrolment and self.kind not in BEARER_KINDS:
            return False
        return self._is_code(code) or (
            not self.is_enrolment and bool(partner) and self.partner_id == partner
        )

    def _get_spend_refusal(self, may):
        """Return the sentence why this card cannot be spent on the order, or ""."""
        self.ensure_one()
        if self.state != "active" or not self.active or not self.program_id.active:
            return self.env._("%s cannot be used today. It is not redeemed.", self.program_id.name)
        if self.program_id.kind and self.program_id.redeem_channel == "sale":
            return self._get_channel_refusal()
        if not may:
            return self.env._(
                "%s does not belong to this customer. It is not redeemed.",
                self.program_id.name,
            )
        return ""

    def _get_channel_refusal(self):
        return self.env._("%s can be redeemed in quotations only.", self.program_id.name)

    # --- balances for people ----------------------------------------------------------

    @api.model
    def get_pos_balances(self, partner_id, customer_card_id):
        """Return what a customer or card has, for a balance enquiry without a sale.

        :return: dicts with ``id``, ``name``, ``left`` as text, ``valid_until``, ``state_text``
        """
        self.env["pos.order"].check_access("create")
        card = self._shown_card(customer_card_id)
        partner = self.env["res.partner"].browse(row_id(partner_id) or ()).exists()
        partner.check_access("read")
        partner = card.order_partner_id or partner.sudo()
        holders = [("customer_card_id", "=", card.id)] if card else []
        if partner:
            holders = ["|", *holders] if holders else holders
            holders.append(("partner_id", "=", partner.id))
        if not holders:
            return []
        found = self.sudo().search(
            [
                ("is_enrolment", "=", True),
                ("program_id.active", "=", True),
                ("company_id", "in", [False, *self.env.companies.ids]),
                *holders,
            ]
        )
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                **one._get_balance_row(),
                "left": one.balance_text,
                "valid_until": one.expiration_date and one.expiration_date.isoformat(),
                "state_text": states[one.state] if one.state != "active" else "",
            }
            for one in found
        ]

    def _shown_card(self, customer_card_id):
        """Return the card if the caller may read its balances: one of his companies.

        A bearer's card has no name to ask for: it must have been put there.
        """
        card = self.env["customer.card"].sudo().browse(row_id(customer_card_id) or ()).exists()
        card = card.filtered(lambda one: one.company_id in self.env.companies)
        if card and not card.order_partner_id and not self.env.su:
            seen = [("customer_card_id", "=", card.id), ("claimed_by_id", "=", self.env.uid)]
            if not self.env.user.has_group("customer_card.group_manager") and not (
                self.env["customer.card.event"].sudo().search_count(seen, limit=1)
            ):
                return card.browse()
        return card

    def _get_balance_row(self):
        """Return ``id``, ``name`` and what is ``left``, as the customer may read it."""
        self.ensure_one()
        sides = dict(self._fields["side"]._description_selection(self.env))
        name = self.program_id.name
        if self.side:
            name = f"{name} ({sides[self.side]})"
        return {"id": self.id, "name": name, "left": self._worth_text()}
