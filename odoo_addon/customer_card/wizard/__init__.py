from . import base_partner_merge, customer_till_key, loyalty_enrol, loyalty_program_new
