from . import (
    customer_card_type,
    customer_card,
    customer_till,
    loyalty_card_entry,
    loyalty_card_issue_report,
)
