{
    "name": "Customer Cards - Bills to Payers",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "Who pays for what cards issue gets one draft invoice a month",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_report"],
    "data": [
        "data/customer_card_bill_data.xml",
        "security/ir.model.access.csv",
        "security/customer_card_bill_rules.xml",
        "views/customer_card_bill_views.xml",
        "views/loyalty_program_views.xml",
        "wizard/customer_card_issue_slip_views.xml",
    ],
    "installable": True,
}
