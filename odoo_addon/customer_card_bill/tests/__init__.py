from . import test_bill, test_issue_slip
