{
    "name": "Customer Cards - Quotations at the Point of Sale",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "summary": "A quotation that is settled at the point of sale sells its programs once",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_sale", "customer_card_pos", "pos_sale"],
    "assets": {
        "web.assets_tests": [
            "customer_card_pos_sale/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
