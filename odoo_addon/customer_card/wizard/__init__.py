from . import (
    base_partner_merge_native,
    customer_card_assign,
    customer_card_replace,
    customer_till_key,
    customer_till_pairing,
    loyalty_card_merge,
    loyalty_enrol,
)
