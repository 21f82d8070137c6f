from . import test_card_order
