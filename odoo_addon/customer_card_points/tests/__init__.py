from . import test_block, test_bonuses, test_card_type, test_preview, test_terms
