from . import (
    account_move,
    loyalty_card,
    loyalty_card_merge,
    product,
    sale_order,
    sale_order_discount,
    sale_order_ledger,
    sale_order_line_program,
    sale_order_presented,
    sale_order_program,
    sale_order_redeem,
    sale_order_reserve,
)
