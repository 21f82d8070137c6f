from . import test_stock_issue
