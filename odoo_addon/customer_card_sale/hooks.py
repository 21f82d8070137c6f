"""What happens once, when the module is removed."""

from odoo.addons.customer_card.lib.opening import open_ledger


def uninstall_hook(env):
    """Take redemptions out of quotations and release what they reserve.

    Without this module native Sales would confirm them, and may not book on our accounts.
    """
    redemptions = env["sale.order.line"].search(
        [
            ("reward_id", "!=", False),
            ("coupon_id.is_enrolment", "=", True),
            ("state", "in", ("draft", "sent")),
        ]
    )
    with open_ledger():
        redemptions.unlink()
    holds = env["loyalty.card.hold"].search([("kind", "=", "quotation"), ("state", "=", "open")])
    for card in holds.card_id.sorted("id"):
        card._lock()
        card.invalidate_recordset(["held"])
        holds.filtered(lambda hold, card=card: hold.card_id == card)._close("released")
