from . import test_card_gate, test_quotation, test_screens
