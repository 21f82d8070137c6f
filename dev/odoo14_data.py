"""A shop of its own in Odoo 14, run inside its ``odoo shell``: what a foreign ERP looks like.

Customers and articles carry the same numbers as in the demo of Odoo 19; the ids differ. Besides
Odoo's own models there is a home-made one, as in so many shops.
"""

# ruff: noqa: F821 the shell's env
PASSWORD = "demo"
# Dates are those of the shop, also an hour before midnight UTC.
ZONE = "Europe/Berlin"
CUSTOMERS = {"K-0009": "Frieda Vogel", "K-0001": "Erika Meier", "K-0002": "Hans Schulz"}
ARTICLES = {
    "CHK": ("Hörgeräte-Check", 40.0, "service"),
    "B10": ("Batterie 10", 10.0, "product"),
    "PS": ("Pflegeset", 20.0, "product"),
    "B6": ("Batterie Päckchen", 10.0, "product"),
    "LOS": ("Ohrpassstück", 30.0, "product"),
}
GROUPS = (
    "base.group_user",
    "account.group_account_invoice",
    "account.group_account_readonly",
    "point_of_sale.group_pos_manager",
    "stock.group_stock_user",
    "uom.group_uom",
    "stock.group_production_lot",
)


def field(model, name, kind, **values):
    """Add a field to a model, as people do in the settings."""
    env["ir.model.fields"].create(
        {"model_id": model.id, "name": name, "field_description": name, "ttype": kind, **values}
    )


def model(name, *fields):
    """Make a model as people do in the settings, readable and writable by all employees."""
    made = env["ir.model"].create({"name": name, "model": name})
    for one, kind, values in fields:
        field(made, one, kind, **values)
    rights = {"perm_read": 1, "perm_write": 1, "perm_create": 1, "perm_unlink": 1}
    group = env.ref("base.group_user").id
    env["ir.model.access"].create({"name": name, "model_id": made.id, "group_id": group, **rights})


company = env.company
company.write({"name": "Akustik Nord", "country_id": env.ref("base.de").id})
env.ref("base.user_admin").write({"password": PASSWORD, "tz": ZONE})
env["res.users"].create(
    {
        "name": "Kundenkarten",
        "login": "sync",
        "email": "sync@example.com",
        "password": PASSWORD,
        "tz": ZONE,
        "groups_id": [(6, 0, [env.ref(group).id for group in GROUPS])],
    }
)
env["res.partner"].create([{"name": name, "ref": ref} for ref, name in CUSTOMERS.items()])
pack = env["uom.uom"].create(
    {
        "name": "Päckchen 6",
        "category_id": env.ref("uom.product_uom_categ_unit").id,
        "uom_type": "bigger",
        "factor_inv": 6,
    }
)
env["product.product"].create(
    [
        {
            "name": name,
            "default_code": code,
            "list_price": price,
            "type": kind,
            "taxes_id": [(5,)],
            "available_in_pos": True,
            "tracking": "lot" if code == "LOS" else "none",
        }
        for code, (name, price, kind) in ARTICLES.items()
    ]
)
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
for product in env["product.product"].search([("type", "=", "product")]):
    lot = env["stock.production.lot"]
    if product.tracking == "lot":
        lot = lot.create({"name": "L1", "product_id": product.id, "company_id": company.id})
    env["stock.quant"]._update_available_quantity(product, stock, 100, lot_id=lot)

model(
    "x_service_order",
    ("x_billed_on", "date", {}),
    ("x_state", "char", {}),
    ("x_patient_id", "many2one", {"relation": "res.partner"}),
)
model(
    "x_service_line",
    ("x_order_id", "many2one", {"relation": "x_service_order", "on_delete": "cascade"}),
    ("x_article_id", "many2one", {"relation": "product.product"}),
    ("x_pieces", "float", {}),
    ("x_net", "float", {}),
    ("x_gross", "float", {}),
)

config = env["pos.config"].search([], limit=1) or env["pos.config"].create({"name": "Theke"})
config.open_session_cb()
env.cr.commit()
