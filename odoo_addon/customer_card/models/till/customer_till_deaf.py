from odoo import fields, models

from .customer_till import SCREEN_TIMEOUT


class CustomerTillScreen(models.Model):
    """A screen whose calls arrive and that no message reaches, as the server's /websocket fails."""

    _inherit = "customer.till.screen"

    hears = fields.Boolean(
        string="Hears cards",
        default=True,
        readonly=True,
        help="Off: the page cannot connect to /websocket, so no card opens anything there.",
    )

    def _note_hearing(self, hears):
        """Note what the screen says of itself; only a deaf one costs its till a question."""
        if self.hears != hears:
            self.hears = hears
        if hears:
            self._note_seen()
        else:
            self.seen_at = fields.Datetime.now()
            self.till_id._note_deaf_screen()


class CustomerTill(models.Model):
    _inherit = "customer.till"

    screen_deaf_at = fields.Datetime(readonly=True, copy=False)
    screen_deaf = fields.Boolean(compute="_compute_screen_deaf")

    def _compute_screen_deaf(self):
        now = fields.Datetime.now()
        for till in self:
            deaf = till.screen_deaf_at
            recent = deaf and deaf > now - SCREEN_TIMEOUT
            till.screen_deaf = bool(recent and not till.screen_connected)

    def _note_deaf_screen(self):
        """A till without another screen that hears has none: nothing is on the screen there."""
        self._note_sign("screen_deaf_at")
        since = fields.Datetime.now() - SCREEN_TIMEOUT
        hearing = [("till_id", "=", self.id), ("hears", "=", True), ("seen_at", ">", since)]
        if self.screen_seen_at and not self.screen_ids.search_count(hearing, limit=1):
            self.screen_seen_at = False

    def _deaf_sentence(self):
        return self.env._(
            "No card reaches the screen of %s: the server's address /websocket does not answer."
            " Tell whoever runs the server.",
            self.name,
        )

    def _no_screen_sentence(self):
        """Return why a card can open nothing here, for the seller in front of the reader."""
        if self.screen_deaf:
            return self.env._("%s Nothing was booked.", self._deaf_sentence())
        return self.env._(
            "No screen is paired with %s: nothing was booked. Pair a screen in Odoo.", self.name
        )
