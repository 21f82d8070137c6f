"""Runs inside the shell of an earlier version: a shop in the middle of its day, with all there is.

It stays as that version understood it; a later version gets a script of its own beside it.
"""

import base64
import datetime
import json
import os
import time
from pathlib import Path
from uuid import uuid4

env = env(context={**env.context, "lang": "de_DE", "tracking_disable": True})  # noqa: F821 the shell's


def demo(name):
    return env.ref(f"customer_card_demo.{name}")


def account(program, partner):
    domain = [("program_id", "=", demo(program).id), ("partner_id", "=", demo(partner).id)]
    return env["loyalty.card"].search(domain, limit=1)


becker, meier, berg, seller = (demo(name) for name in ("becker", "meier", "berg", "seller"))
kit, battery = demo("care_kit"), demo("battery_10")
orders = env["sale.order"].with_user(seller)


def quote(partner, *lines, **values):
    commands = [
        (0, 0, {"product_id": article.id, "product_uom_qty": qty}) for article, qty in lines
    ]
    return orders.create({"partner_id": partner.id, "order_line": commands, **values})


# A quotation that reserves, a confirmed order that spent, and one that was cancelled.
quote(becker, (kit, 1)).action_redeem_credit()
spent = quote(becker, (battery, 3))
spent.action_redeem_credit()
spent.action_confirm()
cancelled = quote(becker, (kit, 1))
cancelled.action_redeem_credit()
cancelled.action_confirm()
cancelled._action_cancel()

# Sold: pieces by periods, two vouchers and a discount voucher; one of the vouchers is taken back.
for name in ("yearly", "voucher", "voucher", "coupon", "sessions"):
    quote(meier, (demo(f"article_{name}"), 1)).action_confirm()
env["sale.order"].search([("state", "=", "sale")], order="id desc", limit=3)[-1]._action_cancel()

# A till's order: bought with cash, paid with credit in part, and one piece refunded.
session = demo("pos").current_session_id
cash = session.payment_method_ids.filtered(lambda method: method.journal_id.type == "cash")[:1]
credit = account("credit", "becker")


def pay(partner, *lines):
    total = sum(line["qty"] * line["price_unit"] for line in lines)
    sent = {
        "uuid": str(uuid4()),
        "access_token": str(uuid4()),
        "state": "paid",
        "session_id": session.id,
        "partner_id": partner.id,
        "amount_tax": 0,
        "amount_total": total,
        "amount_paid": total,
        "amount_return": 0,
        "lines": [(0, 0, {"uuid": str(uuid4()), **line}) for line in lines],
        "payment_ids": [(0, 0, {"amount": total, "payment_method_id": cash.id})] if total else [],
    }
    reserved = [
        {"card_id": line["coupon_id"], "points": line["points_cost"]}
        for line in lines
        if line.get("coupon_id")
    ]
    till = env["pos.order"].with_user(seller)
    if reserved:
        prepared = {"partner_id": partner.id, "spends": reserved}
        till.prepare_card_payment(sent["uuid"], prepared)
    till.sync_from_ui([sent])
    return env["pos.order"].search([("uuid", "=", sent["uuid"])])


def line(article, qty, price, **values):
    total = qty * price
    return {
        "product_id": article.id,
        "qty": qty,
        "price_unit": price,
        "price_subtotal": total,
        "price_subtotal_incl": total,
        **values,
    }


reward = credit.program_id.reward_ids[:1]
redeemed = line(
    reward.discount_line_product_id,
    1,
    -15.0,
    is_reward_line=True,
    reward_id=reward.id,
    coupon_id=credit.id,
    points_cost=15.0,
    reward_identifier_code="upgrade",
)
pay(becker, line(kit, 2, 20.0), redeemed)
bought = pay(
    meier, line(demo("article_credit"), 1, 100.0), line(demo("article_sessions"), 1, 250.0)
)
refund = line(demo("article_sessions"), -1, 250.0, refunded_orderline_id=bought.lines[-1].id)
pay(meier, refund)

# Issued, taken back, issued again; a correction; points from a document.
counter = account("counter", "berg")
allowance = counter.allowance_ids[:1]
issued = counter._issue(allowance, battery, 1, key="upgrade:1", till_id=demo("till").id)
counter._reverse_issue(issued, key="upgrade:1:back")
counter._issue(allowance, battery, 2, key="upgrade:2", till_id=demo("till").id)
credit._post(-5, key="upgrade:correction", reason="correction", note="Zu viel gebucht")
paid = [
    {
        "document": "account.move:900001",
        "customer": becker.id,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "product": kit.id,
        "gross": 40.0,
    }
]
env["loyalty.card"]._settle_document("account.move", 900001, paid, "RE/UPGRADE")

# Odoo's own gift card and e-wallet, and a foreign ERP with a customer and a receipt.
for kind in ("gift_card", "ewallet"):
    native = env["loyalty.program"].create({"name": f"Odoo {kind}", "program_type": kind})
    holder = {"partner_id": becker.id} if kind == "ewallet" else {}
    env["loyalty.card"].create({"program_id": native.id, "points": 25.5, **holder})
becker.ref = "K-0815"
kit.default_code = "PS-9"
env["customer.card.sync.source"].create({"name": "nord"})
remote = env["customer.card.sync.source"].with_user(demo("worker"))
remote.open_source("nord", ["customer", "product", "invoice_line"])


def keep(stream, res_id, **data):
    row = {"id": res_id, "changed": "2026-01-01 10:00:00", "weight": abs(data.get("gross", 0))}
    row["data"] = {"void": False, **data}
    page = {"rows": json.dumps([row]), "rejects": [], "documents": [data["document"]]}
    remote.keep_page("nord", stream, page)


customer = {"key": "res.partner:77", "reference": "K-0815", "name": "Becker, Anna"}
keep("customer", 77, document="res.partner:77", **customer)
keep(
    "product",
    3,
    document="product.product:3",
    key="product.product:3",
    code="PS-9",
    name="Set",
    kind="goods",
)
keep(
    "invoice_line",
    1,
    key="account.move.line:1",
    document="account.move:5",
    number="RE/5",
    date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    customer=77,
    product=3,
    gross=60.0,
)

# Cards on order, by a mail that the shop has changed; a payer with a bill; a file to take over.
env.ref("customer_card.mail_template_card_order").subject = "Bestellung {{ object.name }}"
printer = env["res.partner"].create({"name": "Kartendruck", "email": "auftrag@druck.example"})
env["customer.card.type"].search([], limit=1).printer_id = printer
ordered = env["customer.card.order"].create(
    {"printer_id": printer.id, "line_ids": [(0, 0, {"partner_id": becker.id, "quantity": 1})]}
)
ordered.action_order()
ordered.action_receive()
counter.program_id.write({"payer_id": printer.id, "payer_from": "2020-01-01"})
counter.program_id.line_ids.write({"bill_price": 3.5})
env.flush_all()
time.sleep(1.1)  # what is billed lies before the second of the bill
env["customer.card.bill"]._bill_until("now")
assert env["customer.card.bill.entry"].search([])
table = "Customer no.;Program;Balance\nK-0815;Unknown;5\n"
taken = {"file": base64.b64encode(table.encode()), "filename": "alt.csv"}
env["customer.card.import"].create(taken).action_check()

# A card that waits for its screen.
tokens = json.loads(Path(os.environ["CUSTOMER_CARD_DEMO_DIR"], "cards.json").read_text())
events = env["customer.till"].with_user(demo("reader"))
events.card_presented(
    [{"key": "upgrade-insert", "kind": "token", "value": tokens["meier"], "origin": "insert"}]
)
# What customers have in hand: their vouchers' codes, which must go on opening them.
vouchers = env["loyalty.card"].search([("program_id.kind", "in", ("voucher", "coupon"))])
kept = {voucher.id: voucher.code for voucher in vouchers}
Path(os.environ["CUSTOMER_CARD_DEMO_DIR"], "codes.json").write_text(json.dumps(kept))
assert env["loyalty.card"]._audit_ledger() == [], env["loyalty.card"]._audit_ledger()
env.cr.commit()
