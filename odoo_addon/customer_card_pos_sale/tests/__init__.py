from . import (
    test_redeemed_once,
    test_same_total,
    test_settle_tour,
    test_settled_in_pos,
    test_year_of_two,
)
