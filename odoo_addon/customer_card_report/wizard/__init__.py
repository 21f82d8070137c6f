from . import customer_card_issue_slip
