from odoo import api, fields, models
from odoo.http import request
from odoo.tools import config


class CustomerTill(models.Model):
    """How a till does, in one colour and a few sentences, on its form and in the list of all."""

    _inherit = "customer.till"

    state = fields.Selection(
        [
            ("good", "Ready"),
            ("no_screen", "No screen"),
            ("deaf_screen", "Screen hears no cards"),
            ("no_reader", "Reader disconnected"),
            ("silent", "Reader program silent"),
            ("new", "No reader paired yet"),
        ],
        compute="_compute_state",
    )
    attention = fields.Text(compute="_compute_attention", help="One sentence in each line.")

    @api.depends("bridge_seen_at", "reader_names", "screen_seen_at", "screen_deaf_at")
    def _compute_state(self):
        for till in self:
            if till.screen_deaf:
                till.state = "deaf_screen"
            elif not till.bridge_seen_at:
                till.state = "new"
            elif not till._bridge_alive():
                till.state = "silent"
            elif not till.reader_connected:
                till.state = "no_reader"
            else:
                till.state = "good" if till.screen_connected else "no_screen"

    @api.depends("state", "key_state", "spool_depth", "reader_ids.state")
    def _compute_attention(self):
        for till in self:
            till.attention = "\n".join(till._attention())

    def _hides_behind_proxy(self):
        """Tell whether the call came through a proxy and Odoo takes the proxy for its caller."""
        headers = request.httprequest.headers if request else {}
        known = config["proxy_mode"] and "X-Forwarded-Host" in headers
        return "X-Forwarded-For" in headers and not known

    def _attention(self):
        """Return sentences: what is the matter and what to do."""
        found = []
        day = fields.Date.to_string(self.key_until)
        if self._hides_behind_proxy():
            found.append(
                self.env._(
                    "A proxy stands before this server, which does not know it: all tills share one"
                    " address and one limit for wrong attempts. Set proxy_mode = True in odoo.conf,"
                    " and have the proxy send X-Forwarded-Host and X-Forwarded-For."
                )
            )
        if self.state == "silent":
            found.append(
                self.env._(
                    "The reader program has not reported. Is the computer with the card reader on?"
                    ' There, "customer-card-bridge status" says more.'
                )
            )
        if self.state == "deaf_screen":
            found.append(self._deaf_sentence())
        found += [
            self.env._(
                "Another program on the till's computer keeps the card in %s to itself. Close it"
                " there; the card is read as soon as it is free.",
                reader.name,
            )
            for reader in self.sudo()._busy_readers()
            if self._bridge_alive()
        ]
        if self.state == "no_reader":
            found.append(
                self.env._("The reader program sees no card reader. Check its cable and its plug.")
            )
        if self.key_state == "ending":
            found.append(
                self.env._(
                    "The key of the reader program ends on %s. It renews it by itself; if this"
                    " stays, pair the reader again.",
                    day,
                )
            )
        if self.key_state == "ended" or (self.key_state == "none" and self.bridge_seen_at):
            found.append(
                self.env._("The key of the reader program has ended. Pair the reader again.")
            )
        if self.state == "silent" and self.spool_depth:
            found.append(
                self.env._("%s cards wait at the till and were not reported.", self.spool_depth)
            )
        # Without any reader that alone is worth a sentence.
        return found if self.state == "no_reader" else found + self.sudo()._media_warnings()
