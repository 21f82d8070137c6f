{
    "name": "Customer Cards - Privacy",
    "version": "19.0.1.2.0",
    "category": "Sales/Loyalty",
    "summary": "A person gets all that is stored, or is taken off; the bookings stay",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/customer_card_erase_views.xml",
        "report/card_data_report.xml",
        "views/res_partner_views.xml",
    ],
    "auto_install": True,
}
