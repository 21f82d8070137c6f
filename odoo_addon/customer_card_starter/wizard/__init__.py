from . import customer_card_bundle, loyalty_program_new
