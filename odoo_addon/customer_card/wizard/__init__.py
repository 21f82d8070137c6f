from . import base_partner_merge, customer_till_key, loyalty_enrol
