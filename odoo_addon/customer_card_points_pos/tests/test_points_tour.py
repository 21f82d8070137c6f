from odoo.addons.customer_card_pos.tests.common import CardTours
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestPointsTour(CardTours):
    """What the cashier sees of points."""

    def test_pay(self):
        """TM-15 TM-34 TM-35 TM-41: said at Pay, prompted once, redeemed by one click, printed."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Treuekarte",
                "kind": "points",
                "earn_article_percent": 10,
                "visit_points": 25,
                "redeem_from": 400,
                "redeem_to": 450,
            }
        )
        account = program._enrol(self.hans)
        account._post(1000, key="test:points", reason="grant")
        self.start_pos_tour("customer_card_points_pos_pay")
        self.assertEqual((account.points, account.held), (100, 0))
        orders = self.env["pos.order"].search(
            [("config_id", "=", self.main_pos_config.id)], order="id"
        )
        self.assertEqual(orders.mapped("amount_total"), [15.5, 5.5])
        self.assertTrue(orders[0].points_said)

    def test_reserved(self):
        """TM-33 TM-35: what a quotation reserves is said, where nothing can be redeemed for it."""
        program = self.env["loyalty.program"].create(
            {"name": "Treuekarte", "kind": "points", "redeem_from": 400}
        )
        account = program._enrol(self.hans)
        account._post(1000, key="test:points", reason="grant")
        account._reserve(800, kind="quotation", key="test:quotation")
        self.start_pos_tour("customer_card_points_pos_reserved")
        self.assertEqual((account.points, account.held), (1000, 800))

    def test_free(self):
        """TM-31 TM-42 TM-43: 10 % that costs no points: redeemed, paid; the balance stays, and
        what is earned brings the notice with its own text: for the seller, not on the receipt."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Treuekarte",
                "kind": "points",
                "redeem_type": "3",
                "redeem_factor": 10,
                "redeem_free": True,
                "redeem_from": 400,
                "earn_article_percent": 10,
                "notice_points": 500,
                "notice_text": "Der nächste Schnitt ist gratis",
            }
        )
        account = program._enrol(self.hans)
        account._post(400, key="test:points", reason="grant")
        self.start_pos_tour("customer_card_points_pos_free")
        order = self.env["pos.order"].search([("config_id", "=", self.main_pos_config.id)])
        self.assertEqual((order.amount_total, account.points, account.held), (18, 400, 0))
        told = [("res_model", "in", ("pos.session", "pos.order", "loyalty.card"))]
        self.assertFalse(self.env["mail.activity"].search(told))
