from . import test_issue_slip, test_reports
