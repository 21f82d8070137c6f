{
    "name": "Customer Cards - Ready Programs",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "Programs from templates, and bundles of partner groups",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/customer_card_bundle_views.xml",
        "wizard/loyalty_program_new_views.xml",
    ],
    "auto_install": True,
}
