from odoo import fields, models

SEGMENTS = [("lady", "Ladies"), ("gent", "Gents")]
REDEEM_TYPES = [
    ("1", "1 - as an amount"),
    ("2", "2 - as points"),
    ("3", "3 - as a discount in percent"),
    ("4", "4 - as a discount on the points"),
]
PERCENT = (6, 2)
# What gents have of their own has the same name with this in front.
GENT = "gent_"
# What may differ between ladies and gents.
SEGMENTED = (
    "earn_service_percent",
    "earn_article_percent",
    "return_weeks",
    "return_points",
    "redeem_factor",
    "redeem_type",
    "redeem_from",
    "redeem_to",
    "redeem_service_percent",
    "redeem_article_percent",
    "direct_service_percent",
    "direct_article_percent",
    "visit_points",
    "notice_points",
    "notice_text",
)
COMMON = (
    "by_segment",
    "default_segment",
    "rounding",
    "points_per_unit",
    "welcome_points",
    "birth_month_points",
    "birthday_points",
    "earn_on_discounted",
    "forfeit_on_block",
    "earn_while_blocked",
    "redeem_free",
    "redeem_window",
)
PARAMETERS = (*COMMON, *SEGMENTED, *(GENT + name for name in SEGMENTED))


class LoyaltyPointsParameters(models.AbstractModel):
    """All that a points card says, in TiM's order: a program has it now, a row of terms for ever.

    :source: seed 003
    """

    _name = "loyalty.points.parameters"
    _description = "Terms of points"

    by_segment = fields.Boolean(
        string="Ladies and gents apart",
        help="Off: everybody collects and redeems as it is written for ladies.",
    )
    default_segment = fields.Selection(
        SEGMENTS,
        string="Segment where nothing else tells",
        default="lady",
        required=True,
        help="The article's segment comes first, then the customer's gender, then this.",
    )
    rounding = fields.Selection(
        [("exact", "Exact rounding"), ("legacy", "Old rounding")],
        string="Kind of rounding",
        default="exact",
        required=True,
        help="Exact: once, over the whole receipt. Old: each line is rounded by itself.",
    )
    points_per_unit = fields.Float(
        string="Points per currency unit",
        default=100,
        digits=(12, 2),
        help="So many points are worth one currency unit.",
    )
    earn_service_percent = fields.Float(string="Bonus on services (%)", digits=PERCENT)
    gent_earn_service_percent = fields.Float(string="Bonus on services (%), gents", digits=PERCENT)
    earn_article_percent = fields.Float(string="Bonus on articles (%)", digits=PERCENT)
    gent_earn_article_percent = fields.Float(string="Bonus on articles (%), gents", digits=PERCENT)
    welcome_points = fields.Integer(
        string="Points for new customers", help="Once, with the first card of a customer."
    )
    birth_month_points = fields.Integer(
        string="Points in the birth month", help="On each visit. Needs the customer's birth date."
    )
    birthday_points = fields.Char(
        string="Points on the birthday",
        help="Points; days before; days after: 250;5;10 gives 250 points once, from five days"
        " before to ten days after. Empty for none. Needs the customer's birth date.",
    )
    return_weeks = fields.Integer(string="Reward coming back (weeks)")
    gent_return_weeks = fields.Integer(string="Reward coming back (weeks), gents")
    return_points = fields.Integer(string="Points for coming back")
    gent_return_points = fields.Integer(string="Points for coming back, gents")
    earn_on_discounted = fields.Boolean(
        string="Points on discounted lines",
        default=True,
        help="Discounted lines earn on the price that was paid; otherwise they earn nothing.",
    )
    forfeit_on_block = fields.Boolean(
        string="Points are forfeited by a block",
        help="Off: they stay, and cannot be spent while the card is blocked.",
    )
    earn_while_blocked = fields.Boolean(string="Blocked cards go on collecting", default=True)
    redeem_factor = fields.Float(
        string="Redemption factor",
        digits=(12, 2),
        help="1 is one currency unit, one point or one percent, as the kind says. 0: as much as"
        " possible.",
    )
    gent_redeem_factor = fields.Float(string="Redemption factor, gents", digits=(12, 2))
    redeem_type = fields.Selection(
        REDEEM_TYPES, string="Kind of redemption", default="1", required=True
    )
    gent_redeem_type = fields.Selection(
        REDEEM_TYPES, string="Kind of redemption, gents", default="1", required=True
    )
    redeem_free = fields.Boolean(
        string="A discount in percent costs no points", help="Of kind 3 only."
    )
    redeem_from = fields.Integer(
        string="Redeem from points",
        help="With so many points the till also asks at Pay whether to redeem. 0: it never asks.",
    )
    gent_redeem_from = fields.Integer(string="Redeem from points, gents")
    redeem_to = fields.Integer(
        string="Redeem up to points", help="No more points at once. 0 for no limit."
    )
    gent_redeem_to = fields.Integer(string="Redeem up to points, gents")
    redeem_window = fields.Boolean(
        string="Nothing above “up to”",
        help="A balance above “Redeem up to points” redeems nothing at all.",
    )
    redeem_service_percent = fields.Float(
        string="Redemption discount on services (%)",
        digits=PERCENT,
        help="So much fewer points are taken where services are paid with them.",
    )
    gent_redeem_service_percent = fields.Float(
        string="Redemption discount on services (%), gents", digits=PERCENT
    )
    redeem_article_percent = fields.Float(
        string="Redemption discount on articles (%)", digits=PERCENT
    )
    gent_redeem_article_percent = fields.Float(
        string="Redemption discount on articles (%), gents", digits=PERCENT
    )
    direct_service_percent = fields.Float(
        string="Direct discount on services (%)",
        digits=PERCENT,
        help="When points are redeemed, services are so much cheaper.",
    )
    gent_direct_service_percent = fields.Float(
        string="Direct discount on services (%), gents", digits=PERCENT
    )
    direct_article_percent = fields.Float(string="Direct discount on articles (%)", digits=PERCENT)
    gent_direct_article_percent = fields.Float(
        string="Direct discount on articles (%), gents", digits=PERCENT
    )
    visit_points = fields.Integer(string="Points per visit")
    gent_visit_points = fields.Integer(string="Points per visit, gents")
    notice_points = fields.Integer(
        string="Notice from points", help="At the till, when the balance gets there. 0 for none."
    )
    gent_notice_points = fields.Integer(string="Notice from points, gents")
    notice_text = fields.Char(string="Text of the notice")
    gent_notice_text = fields.Char(string="Text of the notice, gents")
