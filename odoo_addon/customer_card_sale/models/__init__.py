from . import loyalty_card_merge, sale_order, sale_order_ledger
