from unittest.mock import patch

from odoo.tests import tagged

from .common import CardCase, PatientBrowser, play_reader

ACTIONS = (
    "customer_card.action_customer_card",
    "customer_card.action_loyalty_card_enrolment",
    "customer_card.action_loyalty_card_entry",
    "customer_card.action_loyalty_program_card",
    "customer_card_order.action_customer_card_order",
)


@tagged("post_install", "-at_install")
class TestScreens(CardCase, PatientBrowser):
    """Every list of the menu opens with rows in a browser: a view may load and still not draw."""

    def test_lists_draw_their_rows(self):
        self._counter_program()._enrol(customer_card=self.card)
        self.env["customer.card.order"].create({"line_ids": [(0, 0, {"partner_id": self.berg.id})]})
        self.seller.password = "card_seller"
        for action in ACTIONS:
            with self.subTest(action=action):
                self.browser_js(
                    f"/odoo/action-{action}",
                    "console.log('test successful')",
                    ready="document.querySelector('.o_data_row')"
                    " && !document.querySelector('.o_error_dialog')",
                    login="card_seller",
                    timeout=40,
                )

    def test_the_symbol_of_the_till_turns_red_when_no_card_can_come(self):
        """HS-07: no connection, no reader and a missing scanner are seen at the till's symbol."""
        self.seller.password = "card_seller"
        play_reader(self.seller, self.till)
        self.env["customer.till"].with_user(self.seller).heartbeat(
            {"readers": [{"name": "ACR", "state": "ready", "source": "pcsc", "media": ["chip"]}]}
        )
        missing = ["There is no scanner here."]
        with patch.object(type(self.till), "_media_warnings", lambda _till: missing):
            self.start_tour("/odoo", "customer_card_offline", login="card_seller", timeout=60)
