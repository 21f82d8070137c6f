{
    "name": "Customer Cards - Foreign ERPs",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "Documents of ERPs without these modules earn points and issue goods here",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_card_sync_rules.xml",
        "views/customer_card_sync_views.xml",
    ],
    "installable": True,
}
