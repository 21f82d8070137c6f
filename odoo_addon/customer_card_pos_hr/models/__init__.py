from . import (
    pos_config,
    res_config_settings,
    customer_till,
    customer_card_event,
    customer_card_login,
    pos_order,
)
