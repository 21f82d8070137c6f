from . import loyalty_card_issue_report
