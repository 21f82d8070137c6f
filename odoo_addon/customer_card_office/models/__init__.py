from . import customer_card_mass, loyalty_card, loyalty_card_entry, loyalty_card_native, res_partner
