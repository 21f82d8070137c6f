from odoo import models

# What a screen subscribes to; no message is ever sent there.
SCREEN = "customer_card.screen/"
MOST = 5


class IrWebsocket(models.AbstractModel):
    """A paired screen hears its till because the server has seen its secret, not a channel's name.

    Messages go to the screen's record, whose channel no client can name.
    """

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        secrets = [one for one in channels if isinstance(one, str) and one.startswith(SCREEN)]
        others = [one for one in channels if one not in secrets]
        for secret in secrets[-MOST:]:
            screen = self.env["customer.till.screen"]._here(secret.removeprefix(SCREEN))
            if screen:
                others.append((screen, "login") if screen.at_login else screen)
        return super()._build_bus_channel_list(others)
