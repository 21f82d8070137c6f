from . import (
    pos_config,
    res_config_settings,
    customer_till,
    customer_card,
    customer_card_event,
    customer_card_event_meal,
    customer_card_login,
    pos_order,
    pos_order_meal,
    pos_order_native,
    product_template,
)
