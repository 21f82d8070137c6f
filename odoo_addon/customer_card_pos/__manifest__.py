{
    "name": "Customer Cards - Point of Sale",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "summary": "Customer cards open point of sale orders with the programs of their holder",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card", "pos_loyalty"],
    "data": [
        "security/customer_card_pos_groups.xml",
        "security/ir.model.access.csv",
        "views/customer_till_views.xml",
        "views/pos_order_views.xml",
        "views/pos_payment_method_views.xml",
        "views/report_sale_details.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "customer_card_pos/static/src/handover.js",
            "customer_card_pos/static/src/backend/**/*",
        ],
        "point_of_sale._assets_pos": [
            "customer_card/static/src/till/**/*",
            "customer_card_pos/static/src/handover.js",
            "customer_card_pos/static/src/app/**/*",
        ],
        "web.assets_tests": [
            "customer_card_pos/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
