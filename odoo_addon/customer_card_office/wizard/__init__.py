from . import (
    customer_card_discount,
    loyalty_card_correction,
    loyalty_card_end,
    loyalty_card_transfer,
)
