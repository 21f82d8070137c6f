def post_init_hook(env):
    """What receipts took off down payments before this module counts as it did then."""
    env.cr.execute(
        """
        UPDATE pos_order_line line
           SET down_payment_used = -line.price_subtotal_incl
          FROM sale_order_line sold, pos_order
         WHERE sold.id = line.sale_order_line_id
           AND sold.is_downpayment
           AND pos_order.id = line.order_id
           AND pos_order.card_settled
           AND line.price_subtotal_incl < 0
           AND line.refunded_orderline_id IS NULL
        """
    )
