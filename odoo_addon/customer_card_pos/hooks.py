"""What happens once, when the module is installed."""


def post_init_hook(env):
    """Settle the orders that were paid before: nothing of them is booked again, or rewritten."""
    env.cr.execute(
        "UPDATE pos_order SET card_settled = true, card_customer_id = partner_id,"
        " card_sold_at = date_order WHERE state NOT IN ('draft', 'cancel')"
    )
    env["pos.order"].invalidate_model(["card_settled", "card_customer_id", "card_sold_at"])
