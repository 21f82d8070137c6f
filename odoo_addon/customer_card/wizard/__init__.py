from . import loyalty_enrol
