from . import test_gate, test_pos_order, test_tours
