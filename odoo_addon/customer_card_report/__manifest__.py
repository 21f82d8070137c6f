{
    "name": "Customer Cards - Reports",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "What is owed, what moved, what was issued, and slips to sign",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_card_report_rules.xml",
        "report/customer_card_liability_views.xml",
        "report/customer_card_movement_views.xml",
        "report/loyalty_card_issue_report_views.xml",
        "wizard/customer_card_issue_slip_views.xml",
    ],
    "auto_install": True,
}
