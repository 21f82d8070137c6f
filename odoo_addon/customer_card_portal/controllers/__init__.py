from . import portal, portal_digital
