from . import customer_card_medium, customer_card_qr, customer_till, loyalty_card
