from . import test_cashier, test_cashier_tours, test_meal
