"""Shops that have sold so far go on as they did; what was quoted stays quoted."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Keep the former moment at which credit is given, and note the prices of open quotations.

    With the new default the next change of an order would take back what was given before it was
    paid. The shop decides when to change the setting.
    """
    cr.execute("UPDATE res_company SET card_value_given = 'confirmed'")
    lines = api.Environment(cr, SUPERUSER_ID, {})["sale.order.line"]
    quoted = lines.search(
        [("state", "in", ("draft", "sent")), ("product_id.is_card_program", "=", True)]
    )
    for line in quoted.filtered("card_price_fixed"):
        line.card_quoted = line._as_quoted()
