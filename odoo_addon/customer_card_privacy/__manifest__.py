{
    "name": "Customer Cards - Privacy",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "A person is taken off cards, programs and histories; the bookings stay",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/customer_card_erase_views.xml",
    ],
    "auto_install": True,
}
