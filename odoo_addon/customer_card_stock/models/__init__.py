from . import (
    stock_lot,
    stock_move,
    customer_card_type,
    customer_card,
    customer_card_event,
    customer_card_outbox,
    customer_till,
    loyalty_card,
    loyalty_card_entry,
    loyalty_card_issue_report,
)
