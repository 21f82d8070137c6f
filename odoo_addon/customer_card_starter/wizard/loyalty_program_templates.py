"""Ready-made programs: what each template asks for, and what it makes of the answers."""

from dataclasses import dataclass, field

from odoo.addons.customer_card.rules.kinds import MONEY_KINDS
from odoo.fields import Command

GOODS = frozenset({"product_id", "quantity", "term_months"})
REDUCTION = frozenset({"category_id", "percent", "term_months"})


@dataclass(frozen=True)
class Template:
    """A template: its name, the answers it needs, their defaults, the program's own values."""

    name: str
    asks: frozenset
    answers: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)


COUNTER = {"kind": "bonus_item", "insert_action": "decrease"}
TEMPLATES = {
    "battery_yearly": Template(
        "Battery program, so many packs a year",
        GOODS | {"periods"},
        {"quantity": 12, "periods": 6, "term_months": 12},
        {**COUNTER, "split_lines": True, "once_per_day": True},
    ),
    "battery_flat": Template(
        "Battery flat rate", GOODS - {"quantity"}, {"term_months": 12}, {**COUNTER}
    ),
    "article_card": Template(
        "Article card, issued at once",
        GOODS,
        {"quantity": 10},
        {**COUNTER, "no_article_choice": True},
    ),
    "training": Template(
        "Training card (sessions)", GOODS, {"quantity": 10}, {**COUNTER, "once_per_day": True}
    ),
    "warranty": Template(
        "Extended warranty",
        REDUCTION - {"percent"},
        {"percent": 100, "term_months": 24},
        {"kind": "discount", "card_required": True},
    ),
    "discount": Template("Discount card", REDUCTION, {"percent": 10}, {"kind": "discount"}),
    "stored_value": Template(
        "Stored-value card, pay 100 get 115",
        frozenset({"price", "credit"}),
        {"price": 100, "credit": 115},
        {"kind": "stored_value", "insert_action": "pos"},
    ),
    "voucher": Template(
        "Payment voucher",
        frozenset({"price", "credit", "term_months"}),
        {"term_months": 36},
        {"kind": "voucher"},
    ),
    "coupon": Template(
        "Discount voucher",
        REDUCTION,
        {"percent": 10, "term_months": 12},
        {"kind": "coupon", "one_quotation": True},
    ),
    "free_issue": Template(
        "Free issue by a branch or an employee",
        frozenset({"product_id"}),
        {},
        {**COUNTER},
    ),
    "points": Template(
        "Points",
        frozenset({"percent"}),
        {"percent": 3},
        {"kind": "points"},
    ),
}
# These are given to a card or earned, not sold.
NOT_SOLD = ("free_issue", "points", "discount")


def program_values(template, answers):
    """Return the values of the program that *template* makes of *answers*."""
    values = {**TEMPLATES[template].values, "term_months": answers["term_months"]}
    if template == "points":
        percent = answers["percent"]
        return {**values, "earn_article_percent": percent, "earn_service_percent": percent}
    if values["kind"] == "bonus_item":
        line = {"product_id": answers["product_id"], "quantity": answers["quantity"]}
        lines = [{**line, "sequence": number} for number in range(answers["periods"] or 1)]
        values["line_ids"] = [Command.create(line) for line in lines]
    elif values["kind"] in MONEY_KINDS:
        values["preset_amount"] = answers["credit"]
    return values
