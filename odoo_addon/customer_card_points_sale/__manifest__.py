{
    "name": "Customer Cards - Points in Sales",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "summary": "Points are redeemed in quotations by the terms of their card, as at the till",
    "author": "Customer Card Founders",
    "website": "https://customer-card.example.com",
    "license": "LGPL-3",
    "depends": ["customer_card_points", "customer_card_sale"],
    "data": ["views/sale_order_views.xml"],
    "auto_install": True,
}
