from . import test_card_gate, test_native_bookings, test_quotation, test_screens
