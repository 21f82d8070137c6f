{
    "name": "Customer Cards - Employees at the Point of Sale",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "summary": "Cashiers log in with their badge; the point of sale locks by itself",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_hr", "customer_card_pos", "pos_hr"],
    "data": [
        "views/customer_till_views.xml",
        "views/pos_config_views.xml",
        "views/staff_meal_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": ["customer_card_pos_hr/static/src/app/**/*"],
        "web.assets_tests": ["customer_card_pos_hr/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
