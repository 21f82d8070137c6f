from . import sale_order_redeem
