{
    "name": "Customer Cards in Sales",
    "version": "19.0.1.1.0",
    "category": "Sales/Loyalty",
    "summary": "A customer card opens the quotation and its discounts are in the total at once",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card", "sale_loyalty"],
    "data": [
        "security/customer_card_sale_groups.xml",
        "security/ir.model.access.csv",
        "wizard/sale_order_redeem_views.xml",
        "views/res_config_settings_views.xml",
        "views/sale_order_views.xml",
        "report/sale_order_report.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "customer_card_sale/static/src/quotation/**/*",
        ],
        "web.assets_tests": [
            "customer_card_sale/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
