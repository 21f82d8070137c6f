"""Runs inside the shell of either version: what must be the same before and after an upgrade."""

import json
import os
from pathlib import Path

KEPT = {
    "loyalty_card": "points, held, paid, bonus, entry_seq, active, blocked, program_id, partner_id,"
    " customer_card_id, valid_from, expiration_date, side, term_total",
    "loyalty_card_entry": "card_id, sequence, date, reason, delta, balance, paid_delta,"
    " bonus_delta, quantity, remaining, unlimited, key, note, overdrawn, allowance_id, product_id,"
    " user_id, till_id, customer_card_id, partner_id, company_id, reversal_of_id, origin_model,"
    " origin_id, origin_name",
    "loyalty_card_hold": "card_id, kind, amount, state, key",
    "loyalty_card_grant": "card_id, key, origin_model, origin_id, number, state, amount, paid,"
    " months, entry_id",
    "loyalty_card_allowance": "card_id, program_line_id, date_from, date_to, unlimited, quantity,"
    " used",
    "loyalty_card_day": "card_id, day, entry_id",
    "customer_card_bill": "payer_id, period, company_id, move_id",
    "customer_card_bill_entry": "bill_id, entry_id, price",
    "customer_card_import": "filename, state, line_count",
    "customer_card_import_refusal": "import_id, line, reason",
    "customer_card_order": "name, state, printer_id, ordered_at, received_at",
    "customer_card_order_line": "order_id, partner_id, card_type_id, quantity",
    "customer_card_type": "name, printer_id",
    "loyalty_program_line": "program_id, product_id, quantity, bill_price",
    "loyalty_program": "kind, active, program_type, sale_product_id, insert_action, card_required,"
    " payer_id, payer_from, once_per_day, term_months, preset_amount, redeem_channel",
    "customer_card": "number, partner_id, card_type_id, state, active, order_line_id",
    "customer_card_medium": "card_id, kind, revoked_at",
    "customer_card_event": "key, till_id, customer_card_id, state, action",
    "customer_card_outbox": "stream, model, res_id, event, state",
    "customer_card_sync_link": "foreign_id, partner_id, product_id",
    "customer_card_sync_document": "key",
    "customer_till": "name, user_id",
}
rows = {}
for table, columns in KEPT.items():
    env.cr.execute(f"SELECT id, {columns} FROM {table} ORDER BY id")  # noqa: F821, S608
    rows[table] = [[str(value) for value in row] for row in env.cr.fetchall()]  # noqa: F821
cards = env["loyalty.card"]  # noqa: F821
templates = env["mail.template"]  # noqa: F821
codes = json.loads(Path(os.environ["CUSTOMER_CARD_DEMO_DIR"], "codes.json").read_text())
opened = {}
for code in codes.values():
    order = env["sale.order"].create({"partner_id": env.company.partner_id.id})  # noqa: F821
    status = order._try_apply_code(code)
    opened[code] = [order.applied_coupon_ids.ids, "error" in status and str(status["error"])]
env.cr.rollback()  # noqa: F821
state = {
    "rows": rows,
    "audit": [str(finding) for finding in cards._audit_ledger()],
    "codes": opened,
    "subject": templates.search([("model", "=", "customer.card.order")]).mapped("subject"),
}
Path(os.environ["UPGRADE_STATE"]).write_text(json.dumps(state))
