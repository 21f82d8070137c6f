{
    "name": "Customer Cards - Portal and QR Cards",
    "version": "19.0.1.2.0",
    "category": "Sales/Loyalty",
    "summary": "What customers see of their cards; QR cards, printed and on the phone",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_privacy"],
    "data": [
        "views/customer_card_views.xml",
        "views/portal_templates.xml",
        "views/portal_digital_templates.xml",
    ],
    "assets": {
        "web.assets_backend": ["customer_card_portal/static/src/download/**/*"],
        "web.assets_frontend": ["customer_card_portal/static/src/portal/**/*"],
    },
    "auto_install": True,
}
