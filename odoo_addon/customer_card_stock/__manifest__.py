{
    "name": "Customer Cards - Stock",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "summary": "What a card issues leaves the stock",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_report", "stock"],
    "data": [
        "security/ir.model.access.csv",
        "data/customer_card_type_data.xml",
        "views/customer_card_views.xml",
        "views/customer_till_views.xml",
        "views/stock_move_views.xml",
        "views/loyalty_card_entry_views.xml",
        "views/loyalty_card_issue_report_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["customer_card_stock/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "installable": True,
}
