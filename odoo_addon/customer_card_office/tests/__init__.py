from . import (
    test_card_discount,
    test_correction,
    test_end_date,
    test_lists,
    test_mass,
    test_transfer,
)
