from . import customer_card_outbox, customer_till, loyalty_card, loyalty_card_entry, stock_move
