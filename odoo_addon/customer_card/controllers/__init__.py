from . import pair, portal, portal_digital, take_over
