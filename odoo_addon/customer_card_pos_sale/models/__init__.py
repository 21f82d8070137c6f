from . import (
    pos_order,
    pos_order_native,
    pos_order_redeemed,
    sale_order,
    sale_order_native,
    sale_order_redeemed,
)
