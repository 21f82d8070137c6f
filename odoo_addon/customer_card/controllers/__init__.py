from . import portal, take_over
