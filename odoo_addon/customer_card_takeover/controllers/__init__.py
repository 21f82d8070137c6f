from . import take_over
