from . import test_points_in_quotations, test_same_cents
