from . import (
    test_block,
    test_bonuses,
    test_card_type,
    test_customer_tab,
    test_points,
    test_preview,
    test_terms,
)
