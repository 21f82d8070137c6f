from . import test_free_issue, test_lots, test_returns, test_screens, test_stock_issue
