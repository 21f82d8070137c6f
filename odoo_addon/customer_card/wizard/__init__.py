from . import (
    base_partner_merge,
    customer_card_assign,
    customer_card_bundle,
    customer_till_key,
    loyalty_enrol,
    loyalty_program_new,
)
