from . import (
    customer_card_order,
    customer_card_order_line,
    mail_activity,
    customer_card,
    customer_card_type,
    res_partner,
)
