from . import sale_loyalty_coupon_wizard, sale_order_discount, sale_order_redeem
