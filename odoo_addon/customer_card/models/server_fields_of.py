"""Which models keep which fields to the server; why, says ``server_fields.py``."""

from odoo import models

MIXIN = "customer.card.server.fields"


class CustomerCard(models.Model):
    _name = "customer.card"
    _inherit = ["customer.card", MIXIN]
    _server_fields_too = frozenset({"card_grants"})
    # Sellers enter what is printed on a new card, managers put it right (``customer_card_guard``).
    _client_fields = frozenset({"number"})


class CustomerCardMedium(models.Model):
    _name = "customer.card.medium"
    _inherit = ["customer.card.medium", MIXIN]
    _server_rows = True


# Below: nobody has the right to write these. What is kept out is a default of the caller's context,
# or of the caller's own ``ir.default``, while the server makes a row for him.


class LoyaltyCardEntry(models.Model):
    _name = "loyalty.card.entry"
    _inherit = ["loyalty.card.entry", MIXIN]
    _server_rows = True


class LoyaltyCardHold(models.Model):
    _name = "loyalty.card.hold"
    _inherit = ["loyalty.card.hold", MIXIN]
    _server_rows = True


class LoyaltyCardGrant(models.Model):
    _name = "loyalty.card.grant"
    _inherit = ["loyalty.card.grant", MIXIN]
    _server_rows = True


class LoyaltyCardAllowance(models.Model):
    _name = "loyalty.card.allowance"
    _inherit = ["loyalty.card.allowance", MIXIN]
    _server_rows = True


class LoyaltyCardDay(models.Model):
    _name = "loyalty.card.day"
    _inherit = ["loyalty.card.day", MIXIN]
    _server_rows = True


class CustomerTillScreen(models.Model):
    _name = "customer.till.screen"
    _inherit = ["customer.till.screen", MIXIN]
    _server_rows = True


class CustomerCardEvent(models.Model):
    _name = "customer.card.event"
    _inherit = ["customer.card.event", MIXIN]
    _server_rows = True


class CustomerCardEncoding(models.Model):
    _name = "customer.card.encoding"
    _inherit = ["customer.card.encoding", MIXIN]
    _server_rows = True


class CustomerCardOutbox(models.Model):
    _name = "customer.card.outbox"
    _inherit = ["customer.card.outbox", MIXIN]
    _server_rows = True
