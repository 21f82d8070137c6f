"""Cards, card types, media, and who holds them."""

from . import (
    customer_card_medium,
    customer_card_type,
    customer_card,
    customer_card_use,
    customer_card_number,
    customer_card_guard,
    customer_card_limit,
    customer_card_on_account,
    customer_card_medium_rules,
    customer_card_medium_sun,
    res_partner,
    res_partner_address,
    res_partner_find,
    res_partner_rights,
)
