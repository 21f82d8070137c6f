from . import sale_order, sale_order_line, sale_order_native
