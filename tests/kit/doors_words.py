"""Plausible, foreign and senseless arguments for any door, by the names of its parameters."""

from typing import Any

from tests.kit.doors import GARBAGE

EVENT = {"key": "door", "kind": "token", "value": "K1.X", "origin": "insert", "age_s": 0}
# Parameters that name a row, by the model of the row.
ROWS = {
    "till_id": "customer.till",
    "card_id": "customer.card",
    "partner_id": "res.partner",
    "event_id": "customer.card.event",
    "encoding_id": "customer.card.encoding",
    "employee_id": "hr.employee",
    "allowance_id": "loyalty.card.allowance",
    "product_id": "product.product",
    "config_id": "pos.config",
    "enrolment_id": "loyalty.card",
    "customer_card_id": "customer.card",
}
PLAIN: dict[str, Any] = {
    "events": [EVENT],
    "keys": ["door:1", "door:2"],
    "info": {"version": "9", "spool_depth": 0, "readers": [{"name": "R", "state": "ready"}]},
    "streams": ["sale", "issue", "push"],
    "documents": [],
    "page": "backend",
    "way": "idle",
    "place": "pos",
    "quantity": 1,
    "points": 1000,
    "lines": [],
    "amount": 10,
    "limit": 10,
    "seconds": 30,
    "coupon_data": {"1": {"points": 1000, "program_id": False}},
    "point_changes": {},
    "new_codes": [],
    "values": {"name": "x"},
    "vals": {"name": "x"},
    "vals_list": [{"name": "x"}],
    "specification": {"id": {}},
    "fields": ["id"],
    "fields_list": ["id"],
    "results": [],
    "rows": [],
    "tasks": [],
    "ranges": [[0, 10]],
    "domain": [],
    "offset": 0,
    "data": {"amount": 1, "payment_method_id": GARBAGE, "pos_order_id": GARBAGE},
    "server_ids": [GARBAGE],
    "uuid": "00000000-0000-4000-8000-000000000000",
}
WIZARDS: dict[str, dict[str, Any]] = {
    "customer.card.replace": {"card_id": "customer.card", "how": "card"},
    "customer.card.assign": {"partner_id": "res.partner", "number": "DOOR1"},
    "customer.card.erase": {"partner_id": "res.partner", "note": "x", "settled": "forfeit"},
    "customer.card.bundle": {},
    "loyalty.card.correction": {"card_id": "loyalty.card", "new_balance": 5000, "note": "x"},
    "loyalty.card.update.balance": {
        "card_id": "loyalty.card",
        "new_balance": 5000,
        "description": "x",
    },
    "loyalty.card.end": {"card_id": "loyalty.card", "new_end": "2099-12-31", "note": "x"},
    "loyalty.card.transfer": {
        "card_id": "loyalty.card",
        "partner_id": "res.partner",
        "quantity": 1,
        "note": "x",
    },
    "customer.card.discount": {"customer_card_id": "customer.card", "percent": 7},
    "loyalty.enrol": {"program_id": "loyalty.program", "partner_id": "res.partner", "amount": 9},
    "loyalty.program.new": {"name": "Tür"},
    "customer.card.liability.day": {},
    "customer.card.badge.pin": {
        "employee_id": "hr.employee",
        "pin": "4711",
        "pin_repeated": "4711",
    },
    "sale.order.redeem": {"order_id": "sale.order", "card_id": "loyalty.card", "amount": 9},
    "sale.order.discount": {"sale_order_id": "sale.order", "discount_type": "amount"},
    "sale.loyalty.coupon.wizard": {"order_id": "sale.order", "coupon_code": "DOOR"},
}
# What only buttons and bookings change: (model, values) that no role may write or make.
SERVERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("loyalty.card", {"points": 1000}),
    ("loyalty.card", {"paid": 777, "bonus": 0}),
    ("loyalty.card", {"held": 1}),
    ("loyalty.card", {"entry_seq": 99}),
    ("loyalty.card", {"partner_id": 1}),
    ("loyalty.card", {"program_id": 1}),
    ("loyalty.card", {"company_id": 1}),
    ("loyalty.card", {"code": "MINE"}),
    ("loyalty.card", {"expiration_date": "2099-01-01"}),
    ("loyalty.card", {"term_total": 99}),
    ("loyalty.card.entry", {"delta": 1000}),
    ("loyalty.card.allowance", {"quantity": 99}),
    ("customer.card", {"replaced_by_id": 1}),
    ("customer.card", {"order_line_id": 1}),
    ("customer.card.medium", {"tier": "3"}),
    ("customer.card.medium", {"key_hash": "x"}),
    ("customer.card.event", {"claimed_by_id": 1}),
    ("customer.card.encoding", {"state": "written"}),
    ("customer.card.order", {"state": "ordered"}),
    ("customer.card.order", {"ordered_at": "2020-01-01"}),
    ("customer.card.outbox", {"state": "dead"}),
    ("customer.card.import", {"state": "checked"}),
    ("customer.card.sync.source", {"last_seen_at": "2099-01-01"}),
    ("customer.card.sync.link", {"foreign_id": 99}),
    ("customer.till", {"user_id": 2}),
    ("customer.till", {"pending_key": "12345678"}),
    ("customer.till", {"bridge_version": "9"}),
    ("hr.employee", {"badge_user_unconfirmed": False}),
    ("hr.employee", {"badge_confirmed_user_id": 2}),
    ("hr.employee", {"badge_pin": "x"}),
)


def row(shop: dict[str, Any], side: str, model: str) -> int:
    """Return the id of a row of this model, on the side ``own``, ``foreign`` or ``garbage``."""
    made: dict[str, int] = shop[side]["made"] if side in shop else {}
    return made.get(model, GARBAGE)


def argument(shop: dict[str, Any], side: str, name: str) -> Any:
    """Return what is passed for a parameter of this name."""
    if side == "garbage":
        return {"events": [{"key": None}], "documents": [{}]}.get(name, "\u0662x")
    if name in ROWS:
        return row(shop, side, ROWS[name])
    if name == "screen":
        return shop[side]["screen"]
    if name == "number":
        return shop[side]["number"]
    if name == "source":
        return f"fern{shop['companies'][side]}"
    return PLAIN.get(name, "door")


def wish(shop: dict[str, Any], side: str, model: str) -> dict[str, Any]:
    """Return the values of a dialog."""
    values = WIZARDS.get(model, {})
    return {
        name: row(shop, side, value) if isinstance(value, str) and "." in value else value
        for name, value in values.items()
    }


def birth(shop: dict[str, Any], model: str) -> dict[str, Any]:
    """Return what a new row of this model needs besides."""
    return {
        "loyalty.card": {"program_id": row(shop, "own", "loyalty.program")},
        "customer.card": {"partner_id": row(shop, "own", "res.partner")},
        "customer.till": {"name": "Tür"},
        "customer.card.sync.source": {"name": "tuer"},
        "customer.card.import": {"file": "YQ=="},
    }.get(model, {})
