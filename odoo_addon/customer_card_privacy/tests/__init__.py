from . import test_erasure
from . import test_card_data
