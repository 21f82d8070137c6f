"""German demo data, run inside ``odoo shell``: a shop, a till, customers and employees with cards.

It may run again on the same database: what is there stays, lost keys are made anew.
"""

import datetime
import json
import os
from pathlib import Path

FOLDER = Path(os.environ["CUSTOMER_CARD_DEMO_DIR"])
PASSWORD = "demo"
env = env(context={**env.context, "lang": "de_DE", "tracking_disable": True})  # noqa: F821 the shell's


def record(xmlid, model, values):
    """Return the record of this name, made at the first run."""
    name = f"customer_card_demo.{xmlid}"
    found = env.ref(name, raise_if_not_found=False)
    if found:
        return found
    made = env[model].create(values)
    env["ir.model.data"]._update_xmlids([{"xml_id": name, "record": made, "noupdate": True}])
    return made


def secret(file_name, text):
    path = FOLDER / file_name
    path.touch(mode=0o600)
    path.write_text(text)


def shop():
    company = env.company
    if company.name != "Hörhaus Lindner":
        company.write(
            {
                "name": "Hörhaus Lindner",
                "street": "Marktplatz 4",
                "zip": "48143",
                "city": "Münster",
                "country_id": env.ref("base.de").id,
            }
        )
        company.partner_id.tz = "Europe/Berlin"
        env["account.chart.template"].try_loading("de_skr03", company, install_demo=False)
        company.account_price_include = "tax_included"
        company.card_assign_at_sale = True
    return company


def user(xmlid, name, login, groups, **values):
    return record(
        xmlid,
        "res.users",
        {
            "name": name,
            "login": login,
            "lang": "de_DE",
            "tz": "Europe/Berlin",
            "group_ids": [(6, 0, [env.ref(group).id for group in groups])],
            **values,
        },
    )


def api_key(who, file_name, name):
    if not (FOLDER / file_name).exists():
        until = datetime.datetime.now() + datetime.timedelta(days=364)
        secret(
            file_name, env["res.users.apikeys"].with_user(who).sudo()._generate("rpc", name, until)
        )


def product(xmlid, name, price, **values):
    return record(
        xmlid,
        "product.product",
        {
            "name": name,
            "list_price": price,
            "type": "consu",
            "is_storable": True,
            "available_in_pos": True,
            **values,
        },
    )


def token_of(xmlid, kept, **holder):
    """Return the token on a card's chip; a new one when the file was lost."""
    card = record(f"card_{xmlid}", "customer.card", holder)
    media = env["customer.card.medium"]
    if xmlid in kept and media._resolve("token", kept[xmlid]).card_id == card:
        return kept[xmlid]
    card.medium_ids.action_revoke()
    token = media._new_token()
    media._assign(card, "token", "chip", token)
    return token


company = shop()
env.ref("base.user_admin").write({"lang": "de_DE", "tz": "Europe/Berlin", "password": PASSWORD})
seller = user(
    "seller",
    "Sabine Verkauf",
    "verkauf",
    [
        "sales_team.group_sale_salesman_all_leads",
        "point_of_sale.group_pos_user",
        "stock.group_stock_user",
        "customer_card.group_user",
    ],
    password=PASSWORD,
)
user(
    "manager",
    "Lena Leitung",
    "leitung",
    ["sales_team.group_sale_salesman_all_leads", "customer_card.group_manager"],
    password=PASSWORD,
)
env.ref("base.user_admin").group_ids |= env.ref("point_of_sale.group_pos_manager")
reader = user(
    "reader", "Leser Theke 1", "theke1", ["base.group_portal", "customer_card.group_bridge"]
)
worker = user(
    "worker", "Kundenkarten-Worker", "worker", ["base.group_user", "customer_card.group_worker"]
)
api_key(reader, "till.key", "Theke 1")
api_key(worker, "worker.key", "Worker")

batteries = record("batteries", "product.category", {"name": "Batterien"})
accessories = record("accessories", "product.category", {"name": "Zubehör"})
battery = product("battery_10", "Batterie 10", 10.0, categ_id=batteries.id, default_code="B10")
pack = product("battery_312", "Batterie 312", 10.0, categ_id=batteries.id, default_code="B312")
kit = product("care_kit", "Pflegeset", 20.0, categ_id=accessories.id, default_code="PS")
check = product(
    "check_up", "Hörgeräte-Check", 40.0, type="service", is_storable=False, default_code="CHK"
)
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
warehouse.name = "Münster"
quants = env["stock.quant"]
for article in (battery, pack, kit):
    if not quants.search_count([("product_id", "=", article.id)]):
        quants._update_available_quantity(article, warehouse.lot_stock_id, 100)

discount = record(
    "discount",
    "loyalty.discount",
    {
        "name": "10 % auf Batterien",
        "percent": 10,
        "applies_to": "category",
        "category_ids": [(6, 0, batteries.ids)],
    },
)


def program(xmlid, name, kind, **values):
    return record(xmlid, "loyalty.program", {"name": name, "kind": kind, "sequence": 10, **values})


line = [(0, 0, {"discount_id": discount.id})]
by_quotation = program(
    "discount_quotation", "Batterie-Rabatt", "discount", insert_action="quotation", line_ids=line
)
by_pos = program(
    "discount_pos", "Stammkundenrabatt", "discount", insert_action="pos", line_ids=line
)
counter = program(
    "counter",
    "Batterieprogramm 72",
    "bonus_item",
    insert_action="decrease",
    once_per_day=True,
    line_ids=[(0, 0, {"product_id": battery.id, "quantity": 72})],
)
points = program(
    "points",
    "Treuepunkte",
    "points",
    earn_service_percent=5,
    earn_article_percent=10,
    points_per_unit=100,
)

repairs = record("repairs", "product.category", {"name": "Reparaturen"})
product(
    "repair",
    "Reparatur Hörgerät",
    80.0,
    type="service",
    is_storable=False,
    categ_id=repairs.id,
    default_code="REP",
)
training = product(
    "training", "Hörtraining", 30.0, type="service", is_storable=False, default_code="HT"
)
free_repairs = record(
    "free_repairs",
    "loyalty.discount",
    {
        "name": "Reparaturen kostenlos",
        "percent": 100,
        "applies_to": "category",
        "category_ids": [(6, 0, repairs.ids)],
    },
)
off_everything = record(
    "off_everything",
    "loyalty.discount",
    {"name": "10 % auf alles", "percent": 10, "applies_to": "all"},
)


def sold(xmlid, name, kind, price, **values):
    """Return a program and, at the first run, the article that sells it."""
    article = {"type": "service", "is_storable": False, "is_card_program": True}
    if kind in ("stored_value", "voucher"):
        article["taxes_id"] = [(5,)]
    article = product(f"article_{xmlid}", name, price, **article)
    return program(xmlid, name, kind, sale_product_id=article.id, **values)


yearly = sold(
    "yearly",
    "Batterieprogramm 6 × 12",
    "bonus_item",
    300.0,
    insert_action="decrease",
    once_per_day=True,
    term_months=12,
    split_lines=True,
    line_ids=[(0, 0, {"product_id": battery.id, "quantity": 12}) for _year in range(6)],
)
credit = sold(
    "credit",
    "Guthabenkarte 100 € + 15 €",
    "stored_value",
    100.0,
    insert_action="pos",
    preset_amount=115,
)
warranty = sold(
    "warranty",
    "Garantieverlängerung",
    "discount",
    149.0,
    card_required=True,
    term_months=24,
    line_ids=[(0, 0, {"discount_id": free_repairs.id})],
)
sessions = sold(
    "sessions",
    "Trainingskarte 10",
    "bonus_item",
    250.0,
    insert_action="decrease",
    once_per_day=True,
    line_ids=[(0, 0, {"product_id": training.id, "quantity": 10})],
)
voucher = sold(
    "voucher", "Zahlungsgutschein 50 €", "voucher", 50.0, preset_amount=50, term_months=36
)
coupon = sold(
    "coupon",
    "Rabattgutschein 10 %",
    "coupon",
    0.0,
    one_quotation=True,
    term_months=12,
    line_ids=[(0, 0, {"discount_id": off_everything.id})],
)
voucher._enrol(paid=50, key="demo:voucher")
coupon._enrol(key="demo:coupon")
printer = record(
    "printer",
    "res.partner",
    {
        "name": "Kartendruck Nord",
        "is_company": True,
        "email": "auftrag@kartendruck.example",
        "lang": "de_DE",
    },
)
card_type = env.ref("customer_card.card_type_customer")
card_type.printer_id = card_type.printer_id or printer

people = {
    "meier": ("Erika Meier", "Salzstraße 12", [by_quotation, points]),
    "schulz": ("Hans Schulz", "Domplatz 3", [by_pos]),
    "berg": ("Karl Berg", "Hafenweg 21", [counter]),
    "becker": ("Anna Becker", "Spiekerhof 5", [yearly, credit, warranty, sessions, points]),
}
cards_file = FOLDER / "cards.json"
kept = json.loads(cards_file.read_text()) if cards_file.exists() else {}
tokens = {}
for xmlid, (name, street, programs) in people.items():
    values = {"name": name, "street": street, "zip": "48143", "city": "Münster", "lang": "de_DE"}
    values["country_id"] = env.ref("base.de").id
    partner = record(xmlid, "res.partner", values)
    tokens[xmlid] = token_of(xmlid, kept, partner_id=partner.id)
    for one in programs:
        if not env["loyalty.card"].search_count(
            [("program_id", "=", one.id), ("partner_id", "=", partner.id)]
        ):
            paid = {"amount": 115, "paid": 100} if one == credit else {}
            on_card = env.ref("customer_card_demo.card_becker") if xmlid == "becker" else None
            one._enrol(partner, on_card, **paid)

badge_type = env.ref("customer_card_hr.card_type_employee")
for xmlid, name, who in (("verkauf", "Sabine Verkauf", seller), ("weber", "Jonas Weber", None)):
    values = {"name": name, "user_id": who.id if who else False}
    employee = record(f"employee_{xmlid}", "hr.employee", values)
    tokens[xmlid] = token_of(xmlid, kept, employee_id=employee.id, card_type_id=badge_type.id)
home = record(
    "home",
    "res.partner",
    {
        "name": "Seniorenheim St. Anna",
        "is_company": True,
        "street": "Annenstraße 30",
        "zip": "48143",
        "city": "Münster",
        "country_id": env.ref("base.de").id,
        "lang": "de_DE",
    },
)
lange = record("lange", "res.partner", {"name": "Petra Lange", "parent_id": home.id})
on_account = env.ref("customer_card.card_type_on_account")
tokens["lange"] = token_of("lange", kept, partner_id=lange.id, card_type_id=on_account.id)
points_type = record(
    "points_card",
    "customer.card.type",
    {
        "name": "Punktekarte",
        "collects_points": True,
        "earn_service_percent": 5,
        "earn_article_percent": 10,
        "points_per_unit": 100,
        "redeem_from": 500,
        "visit_points": 25,
    },
)
vogel = record(
    "vogel",
    "res.partner",
    {
        "name": "Greta Vogel",
        "street": "Rosenplatz 9",
        "zip": "48143",
        "city": "Münster",
        "country_id": env.ref("base.de").id,
        "lang": "de_DE",
        "birthdate_date": "1961-05-14",
    },
)
tokens["vogel"] = token_of("vogel", kept, partner_id=vogel.id, card_type_id=points_type.id)
account = points_type.points_program_id._enrol(vogel)
account._post(1500, key="demo:points", reason="grant")
if not warranty.coupon_ids.filtered(lambda one: one.partner_id == vogel):
    ending = warranty._enrol(vogel, env.ref("customer_card_demo.card_vogel"))
    soon = datetime.date.today() + datetime.timedelta(days=20)
    ending._change_end(soon, "demo:end", "Das Gerät wird ausgetauscht.")
secret("cards.json", json.dumps(tokens))


later = record(
    "later",
    "pos.payment.method",
    {"name": "Auf Rechnung", "split_transactions": True, "card_on_account": True},
)


def point_of_sale(xmlid, name, **values):
    """Return a point of sale that is open."""
    config = env.ref(f"customer_card_demo.{xmlid}", raise_if_not_found=False)
    if not config:
        journal, methods = env["pos.config"]._create_journal_and_payment_methods(
            cash_journal_vals={"name": f"Kasse {name}", "show_on_dashboard": False}
        )
        values = {"name": name, "journal_id": journal.id, **values}
        config = record(
            xmlid, "pos.config", {**values, "payment_method_ids": [(6, 0, [*methods, later.id])]}
        )
    if not config.current_session_id:
        sessions = env["pos.session"].with_user(seller)
        session = sessions.create({"config_id": config.id, "user_id": seller.id})
        session.set_opening_control(0, "")
    return config


config = point_of_sale("pos", "Theke 1")
point_of_sale("pos_badges", "Theke 1 mit Anmeldung", module_pos_hr=True, badge_idle_minutes=5)
till = record("till", "customer.till", {"name": "Theke 1", "user_id": reader.id})
till.write({"warehouse_id": warehouse.id, "pos_config_id": config.id, "write_cards": True})
(FOLDER / "logins.txt").write_text(
    f"  Verkauf:    verkauf / {PASSWORD}\n"
    f"  Leitung:    leitung / {PASSWORD}\n"
    f"  Verwaltung: admin / {PASSWORD}\n"
)
env.cr.commit()
