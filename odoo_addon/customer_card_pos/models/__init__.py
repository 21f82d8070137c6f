from . import (
    customer_card,
    customer_card_event,
    customer_till,
    loyalty_card,
    loyalty_program,
    loyalty_reward,
    pos_config,
    pos_order,
    pos_order_points,
    pos_session,
)
