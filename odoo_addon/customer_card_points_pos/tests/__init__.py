from . import test_points_at_the_till, test_points_tour
