from . import test_badge, test_number_range
