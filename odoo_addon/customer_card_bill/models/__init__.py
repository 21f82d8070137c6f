from . import (
    loyalty_program,
    customer_card_bill,
    customer_card_bill_run,
    res_company,
)
