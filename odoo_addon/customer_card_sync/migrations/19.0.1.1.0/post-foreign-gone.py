"""Customers and articles that were deleted over there before anybody noted it."""


def migrate(cr, version):
    """Mark them; a number that they had is free again."""
    cr.execute(
        """
        UPDATE customer_card_sync_link link SET gone = true
        FROM customer_card_sync_line line
        JOIN customer_card_sync_stream stream ON stream.id = line.stream_id
        WHERE line.gone AND stream.source_id = link.source_id AND stream.name = link.kind
            AND line.foreign_id = link.foreign_id
        """
    )
