from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Channels were keys that every seller was told: gone. Screens pair again by themselves."""
    if column_exists(cr, "customer_till", "channel"):
        cr.execute("ALTER TABLE customer_till DROP COLUMN channel")
