from . import customer_card_erase, customer_card_erase_traces
