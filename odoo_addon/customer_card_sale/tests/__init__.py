from . import (
    test_access,
    test_card_gate,
    test_discounts,
    test_native_bookings,
    test_prices,
    test_quotation,
    test_redeem,
    test_reserve,
    test_screens,
    test_sell,
    test_two_sellers,
    test_vouchers,
)
