"""A shop's own receipts, and a mapping of them: header, lines, customers, articles."""

from pathlib import Path

from tests.unit.many_models import ManyModels

MAPPING = """\
extends: odoo-19
version: 19

invoice_line:
  from: x_bon_line
  where: []
  watch: [write_date, x_bon_id.write_date]
  fingerprint: [x_gross]
  live: {x_bon_id.x_state: [paid]}
  fields:
    document: x_bon_id
    number: x_bon_id.x_number
    date: x_bon_id.x_day
    customer: x_bon_id.x_customer_id
    product: x_article_id
    quantity: x_pieces
    unit: {const: null}
    price: x_gross
    discount: {const: 0}
    net: x_gross
    gross: x_gross
    currency: x_bon_id.x_currency_id
    shop: {const: null}
"""
FIELDS = {
    "x_bon": {
        "id": "integer",
        "x_number": "char",
        "x_day": "date",
        "x_at": "datetime",
        "x_text": "char",
        "x_state": "selection:draft,paid,void",
        "x_customer_id": "many2one:res.partner",
        "x_currency_id": "many2one:res.currency",
        "write_date": "datetime",
    },
    "x_bon_line": {
        "id": "integer",
        "x_bon_id": "many2one:x_bon",
        "x_article_id": "many2one:product.product",
        "x_pieces": "float",
        "x_gross": "float",
        "write_date": "datetime",
    },
    "res.partner": {
        "id": "integer",
        "ref": "char",
        "name": "char",
        "type": "selection:contact,invoice,delivery,other",
        "parent_id": "many2one:res.partner",
        "active": "boolean",
        "write_date": "datetime",
    },
    "product.product": {
        "id": "integer",
        "default_code": "char",
        "barcode": "char",
        "name": "char",
        "type": "selection:consu,service",
        "product_tmpl_id": "many2one:product.template",
        "write_date": "datetime",
    },
    "product.template": {"id": "integer", "write_date": "datetime"},
    "res.company": {"id": "integer", "name": "char"},
    "res.currency": {"id": "integer", "name": "char"},
    "res.users": {
        "id": "integer",
        "login": "char",
        "company_ids": "many2many:res.company",
        "all_group_ids": "many2many:res.groups",
    },
    "ir.rule": {
        "name": "char",
        "model_id": "many2one:ir.model",
        "groups": "many2many:res.groups",
        "domain_force": "char",
    },
}
BEFORE = "2026-11-20 10:00:00"


def receipts() -> ManyModels:
    """Return the ERP with two customers and two receipts of two lines each."""
    erp = ManyModels(FIELDS)
    erp.add("res.currency", 1, name="EUR")
    erp.add("res.company", 1, name="Nord")
    erp.add("res.users", 1, login="admin", company_ids=[1], all_group_ids=[7])
    erp.add("product.template", 1, write_date=BEFORE)
    for number, kind in ((3, "service"), (4, "consu")):
        code = {"default_code": f"A{number}", "name": "Article", "product_tmpl_id": 1}
        erp.add("product.product", number, type=kind, write_date=BEFORE, **code)
    for number in (7, 8):
        erp.add("res.partner", number, ref=f"K-{number}", name="Meier", write_date=BEFORE)
    for number in (1, 2):
        erp.add(
            "x_bon",
            number,
            x_number=f"B{number}",
            x_day="2026-11-20",
            x_at="2026-11-20 23:30:00",
            x_text="21.11.2026 00:30",
            x_state="paid",
            x_customer_id=6 + number,
            x_currency_id=1,
            write_date=BEFORE,
        )
        for article, gross in ((3, 10.0), (4, 20.0)):
            values = {"x_article_id": article, "x_pieces": 1.0, "x_gross": gross}
            erp.add("x_bon_line", x_bon_id=number, write_date=BEFORE, **values)
    return erp


def mapping_at(folder: Path, *changes: tuple[str, str]) -> str:
    """Write the mapping with *changes* (text, instead) and return its path."""
    text = MAPPING
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "bons.yaml"
    path.write_text(text)
    return str(path)
