from . import loyalty_card, loyalty_card_entry, loyalty_card_native
