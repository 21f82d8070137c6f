from . import sale_loyalty_coupon_wizard, sale_order_redeem
