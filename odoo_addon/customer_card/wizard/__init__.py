from . import (
    base_partner_merge,
    customer_card_assign,
    customer_card_bundle,
    customer_card_import,
    customer_card_import_book,
    customer_card_import_file,
    customer_card_import_result,
    customer_till_key,
    loyalty_card_correction,
    loyalty_card_merge,
    loyalty_enrol,
    loyalty_program_new,
)
