from . import (
    test_card_value,
    test_gate,
    test_new_card,
    test_on_account,
    test_pos_order,
    test_program_sale,
    test_program_tours,
    test_redemption,
    test_tours,
)
