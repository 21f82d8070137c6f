from odoo import api, fields, models
from odoo.addons.customer_card.lib.shop_day import DEFAULT_ZONE
from odoo.addons.customer_card.rules.kinds import MONEY_TYPES
from odoo.tools import SQL

MOVEMENTS = [
    ("top_up", "Top-up"),
    ("redemption", "Redemption"),
    ("issue", "Goods issue"),
    ("granted", "Program assigned"),
    ("earned", "Points earned"),
    ("taken_back", "Points taken back"),
    ("reversal", "Reversal"),
    ("correction", "Correction"),
    ("transfer", "Transfer to another card"),
    ("term", "End changed"),
    ("paid_out", "Paid out"),
    ("forfeit", "Forfeited"),
    ("opening", "Opening balance"),
]


class CustomerCardMovement(models.Model):
    """What happened on a day, at a till, by whom: one row for each entry, without names.

    Three measures that are never added to each other: money, pieces, points.
    """

    _name = "customer.card.movement"
    _description = "Card movement"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "movement"
    _depends = {
        "loyalty.card.entry": ["card_id", "date", "reason", "delta", "quantity", "till_id"],
        "loyalty.program": ["program_type", "currency_id"],
    }

    date = fields.Datetime(readonly=True)
    day = fields.Date(readonly=True, help="In the company's time zone.")
    movement = fields.Selection(MOVEMENTS, readonly=True)
    money = fields.Monetary(string="Amount", readonly=True)
    pieces = fields.Float(digits="Product Unit", readonly=True)
    points = fields.Float(digits=(16, 2), readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    card_id = fields.Many2one("loyalty.card", string="Enrolment", readonly=True)
    program_id = fields.Many2one("loyalty.program", readonly=True)
    kind = fields.Selection(related="program_id.kind", string="Program type")
    product_id = fields.Many2one("product.product", string="Article", readonly=True)
    user_id = fields.Many2one("res.users", string="Employee", readonly=True)
    till_id = fields.Many2one("customer.till", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    origin_name = fields.Char(string="Document", readonly=True)

    @property
    def _table_query(self):
        """Entries keep plain ids: an employee, till or article deleted since shows as empty."""
        return SQL(
            """
            SELECT entry.id, entry.date, entry.card_id, entry.origin_name, card.program_id,
                   (entry.date AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(address.tz, %(zone)s))::date AS day,
                   %(movement)s AS movement,
                   CASE WHEN program.program_type IN %(types)s THEN entry.delta END AS money,
                   CASE WHEN program.program_type <> 'bonus_item' THEN NULL
                        WHEN entry.reason IN ('issue', 'reversal') AND entry.quantity <> 0
                        THEN entry.quantity ELSE entry.delta END AS pieces,
                   CASE WHEN program.program_type = 'loyalty' THEN entry.delta END AS points,
                   program.currency_id, product.id AS product_id, seller.id AS user_id,
                   till.id AS till_id, entry.company_id
            FROM loyalty_card_entry entry
            JOIN loyalty_card card ON card.id = entry.card_id
            JOIN loyalty_program program ON program.id = card.program_id
            LEFT JOIN res_company company ON company.id = entry.company_id
            LEFT JOIN res_partner address ON address.id = company.partner_id
            LEFT JOIN product_product product ON product.id = entry.product_id
            LEFT JOIN res_users seller ON seller.id = entry.user_id
            LEFT JOIN customer_till till ON till.id = entry.till_id
            """,
            zone=DEFAULT_ZONE,
            types=MONEY_TYPES,
            movement=self._movement(),
        )

    @api.model
    def _movement(self):
        """Return the expression that names a movement: money that comes in is a top-up."""
        return SQL(
            """
            CASE WHEN entry.reason IN ('sale', 'grant') AND program.program_type IN %s
                 THEN CASE WHEN entry.delta >= 0 THEN 'top_up' ELSE 'redemption' END
                 WHEN entry.reason = 'sale' AND entry.delta < 0 THEN 'redemption'
                 WHEN entry.reason IN ('grant', 'sale') THEN 'granted'
                 WHEN entry.reason = 'earn' THEN 'earned'
                 WHEN entry.reason = 'claw_back' THEN 'taken_back'
                 ELSE entry.reason END
            """,
            MONEY_TYPES,
        )
