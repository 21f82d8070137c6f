{
    "name": "Customer Cards - Points at the Point of Sale",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "summary": "Receipts say which card was presented and what a refund takes back",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_points", "customer_card_pos"],
    "assets": {
        "point_of_sale._assets_pos": ["customer_card_points_pos/static/src/app/**/*"],
        "web.assets_tests": ["customer_card_points_pos/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
