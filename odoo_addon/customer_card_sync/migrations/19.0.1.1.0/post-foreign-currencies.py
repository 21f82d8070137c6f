"""Currencies of foreign documents travel by their codes; ids over there say nothing here."""


def migrate(cr, version):
    """Forget them: without one an amount is the company's, as it was taken to be until now."""
    cr.execute(
        """
        UPDATE customer_card_sync_line SET data = jsonb_set(data::jsonb, '{currency}', 'null')
        WHERE jsonb_typeof(data::jsonb -> 'currency') = 'number'
        """
    )
