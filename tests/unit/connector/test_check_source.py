"""``customer-card check`` on a foreign ERP: each sentence says what a person has to change."""

from datetime import UTC, datetime

import pytest

from connector.check.erps import check_source
from connector.erp import ErpSettings
from connector.exceptions import ErpRefused
from connector.foreign.settings import ForeignSettings, ReadSettings
from connector.mapping import schema
from tests.unit.foreign_table import MAPPING, ForeignTable, KeepingHost

ERP = ErpSettings("http://nord", "nord", "sync", "secret", "web")


@pytest.fixture
def foreign():
    table = ForeignTable()
    table.write()
    return table


@pytest.fixture
def look(foreign, tmp_path):
    def check(text=MAPPING, level="warning", host=None, **read):
        path = tmp_path / "own.yaml"
        path.write_text(text)
        settings = ForeignSettings(ERP, str(path), None, ReadSettings(**read), "nord")
        host = host or KeepingHost()
        found = check_source(settings, schema.load(str(path)), host=host, erp=foreign)
        return [one.text for one in found if one.level == level]

    return check


def test_a_fitting_erp_has_neither_error_nor_warning(look, foreign):
    foreign.server_time = datetime.now(UTC)
    assert look() == look(level="error") == []
    said = "\n".join(look(level="ok"))
    for text in (
        "knows it by this name",
        "150 s back",
        "asking for changes takes",
        "the 1 newest rows fit",
        '"gross": 10.0',
        "1 rows; the past takes 0.0 h at night",
    ):
        assert text in said


def test_a_state_that_never_occurs_is_named_with_the_nearest(look):
    found = look(MAPPING.replace("[posted]", "[post]"))
    assert any("state is never 'post' in this ERP, did you mean 'posted'?" in one for one in found)


def test_rows_that_do_not_fit_are_shown_with_their_reasons(look, foreign):
    foreign.write(quantity=False)
    found = look()
    assert any(
        "1 of the 2 newest rows do not fit: sale.line:2: quantity: Field may not be null." in one
        for one in found
    )


def test_a_time_stamp_that_is_none_is_an_error(look):
    found = look(MAPPING.replace("[write_date]", "[write_date, date]"), level="error")
    assert any("date is no time stamp that the ERP keeps" in one for one in found)


def test_a_fingerprint_that_cannot_be_summed_is_a_warning(look):
    found = look(MAPPING.replace("[amount]", "[amount, name]"))
    assert any("fingerprint: name is no stored number" in one for one in found)


def test_an_erp_that_nobody_knows_in_odoo_is_an_error(look, monkeypatch):
    host = KeepingHost()

    def refuse():
        raise ErpRefused("odoo.exceptions.UserError", "No foreign ERP is called 'nord' here.")

    monkeypatch.setattr(host, "is_known", refuse)
    assert look(level="error", host=host) == ["nord: No foreign ERP is called 'nord' here."]


def test_a_stream_that_is_not_read_is_not_looked_at(look):
    text = "no field 'nam' in sale.line, did you mean 'name'?"
    broken = MAPPING.replace("number: name", "number: nam")
    assert any(text in one for one in look(broken, level="error"))
    assert look(broken, level="error", streams=("customer",)) == []


def test_companies_that_this_user_is_not_in_are_named(look, foreign):
    foreign.others["res.company"].append({"id": 2, "name": "Süd"})
    assert any("is in 1 of 2 companies; nothing is read of Süd" in one for one in look())


def test_what_record_rules_hide_is_said_or_that_it_cannot_be_seen(look, foreign):
    assert any("only an administrator's user can list them" in one for one in look(level="ok"))
    rule = {"model_id": [3, "Sale line"], "groups": [7]}
    own = {**rule, "name": "Own lines", "domain_force": "[('user_id', '=', user.id)]"}
    company = {**own, "name": "Companies", "groups": [], "domain_force": "['company_id']"}
    stranger = {**own, "name": "Strangers", "groups": [8]}
    foreign.others["ir.rule"] = [own, company, stranger]
    found = [one for one in look() if "record rule" in one]
    assert len(found) == 1
    assert "The record rule 'Own lines' may hide rows of Sale line" in found[0]
    everything = {**rule, "name": "All lines", "domain_force": "[(1, '=', 1)]"}
    foreign.others["ir.rule"].append(everything)
    assert not [one for one in look() if "record rule" in one]
    assert any("No record rule but those of companies" in one for one in look(level="ok"))


def test_an_index_that_odoo_knows_of_is_said_else_it_is_inferred(look, foreign):
    assert any("is inferred from that time" in one for one in look(level="ok"))
    foreign.others["ir.model.fields"] = [{"index": True}]
    assert any("Odoo has an index on write_date" in one for one in look(level="ok"))
