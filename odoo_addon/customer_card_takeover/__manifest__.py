{
    "name": "Customer Cards - Take-over",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "Cards, programs and balances come from another system by a CSV file",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_card_import_rules.xml",
        "data/customer_card_import_cron.xml",
        "wizard/customer_card_import_views.xml",
    ],
    "installable": True,
}
