{
    "name": "Customer Cards - Employees",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "summary": "Employee badges: who stands at the till, and who handed goods out",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card", "hr"],
    "data": [
        "data/customer_card_type_data.xml",
        "views/customer_card_views.xml",
        "views/loyalty_card_entry_views.xml",
        "views/loyalty_card_issue_report_views.xml",
    ],
    "auto_install": True,
    "installable": True,
}
