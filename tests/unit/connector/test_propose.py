"""A mapping that is proposed from a model's fields, with question marks."""

import pytest

from connector.check.erps import check_source
from connector.erp import ErpSettings
from connector.exceptions import ConfigInvalid
from connector.foreign.settings import ForeignSettings, ReadSettings
from connector.mapping import schema
from connector.mapping.propose import propose
from connector.rows import Rows
from tests.unit.foreign_table import KeepingHost
from tests.unit.many_models import ManyModels
from tests.unit.receipts import FIELDS, receipts

ERP = ErpSettings("http://nord", "nord", "admin", "secret", "web")
STREAMS = ("customer", "product", "invoice_line")


def proposed(erp, model):
    return propose(model, Rows(erp, schema.load("odoo-19")).describe, 19)


@pytest.fixture
def erp():
    one = receipts()
    one._fields["x_bon"]["x_line_ids"] = "one2many:x_bon_line"
    return one


@pytest.mark.parametrize("model", ["x_bon", "x_bon_line"])
def test_it_fits_and_says_where_it_guessed(erp, model, tmp_path):
    text = proposed(erp, model)
    path = tmp_path / "proposed.yaml"
    path.write_text(text)
    reading = ForeignSettings(ERP, str(path), None, ReadSettings(streams=STREAMS), "nord")
    found = check_source(reading, schema.load(str(path)), host=KeepingHost(), erp=erp)
    assert [one.text for one in found if one.level == "error"] == []
    for line in (
        "  from: x_bon_line",
        "  watch: [write_date, x_bon_id.write_date]",
        "  live: {x_bon_id.x_state: [paid]}   # ? of draft, paid, void",
        "    document: x_bon_id",
        "    date: x_bon_id.x_day",
        "    customer: x_bon_id.x_customer_id",
        "    product: x_article_id",
        "    quantity: x_pieces",
        "    gross: x_gross",
        "    currency: x_bon_id.x_currency_id",
    ):
        assert any(one.startswith(line) for one in text.splitlines()), (line, text)
    assert "    net: {const: 0}   # ? no such field found" in text


def test_german_names_texts_and_returns(tmp_path):
    """Local time as text, returns as positive quantity with a type, articles as templates."""
    fields = {
        **FIELDS,
        "x_kopf": {
            "id": "integer",
            "x_belegnummer": "char",
            "x_datum": "char",
            "x_art": "selection:verkauf,gutschrift",
            "x_kunde_id": "many2one:res.partner",
            "write_date": "datetime",
        },
        "x_position": {
            "id": "integer",
            "x_kopf_id": "many2one:x_kopf",
            "x_artikel_id": "many2one:product.template",
            "x_menge": "float",
            "x_netto": "monetary",
            "x_brutto": "monetary",
            "x_rabatt": "float",
            "write_date": "datetime",
        },
    }
    text = proposed(ManyModels(fields), "x_position")
    back = "negate_when: {x_kopf_id.x_art: [gutschrift]}"
    for line in (
        "    number: x_kopf_id.x_belegnummer",
        '    date: {path: x_kopf_id.x_datum, format: "%d.%m.%Y"}   # ? as the text is written',
        "    product: x_artikel_id.product_variant_id",
        f"    quantity: {{path: x_menge, {back}}}   # ? positive in a refund?",
        f"    gross: {{path: x_brutto, {back}}}",
        "    discount: x_rabatt",
    ):
        assert line in text


def test_a_model_that_is_not_there(erp):
    with pytest.raises(ConfigInvalid, match="no model 'x_nothing'"):
        proposed(erp, "x_nothing")
