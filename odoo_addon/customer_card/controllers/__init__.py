from . import pair, portal, take_over
