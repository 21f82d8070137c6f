import pytest

from connector.exceptions import ErpRefused, ErpUnreachable
from connector.mapping import schema
from tests.kit import reader as reader_module
from tests.kit.reader import Reader
from tests.unit.table_erp import SALE, TableErp


@pytest.fixture
def erp() -> TableErp:
    erp = TableErp()
    erp.invoice(119.0, 11.9)
    return erp


@pytest.fixture
def reader(erp) -> Reader:
    return Reader(erp, schema.load("odoo-19"))


def test_lines_of_an_invoice_come_in_two_reads(erp, reader):
    reader.lines("account.move", [1])
    erp.calls.clear()
    found = reader.lines("account.move", [1])
    assert [(line.key, line.document, line.gross, line.customer) for line in found.lines] == [
        ("account.move.line:1", "account.move:1", 119.0, 7),
        ("account.move.line:2", "account.move:1", 11.9, 7),
    ]
    assert erp.calls == [("account.move.line", "search_read"), ("account.move", "read")]


def test_many_lines_are_read_page_by_page(erp, reader, monkeypatch):
    monkeypatch.setattr(reader_module, "PAGE", 2)
    erp.invoice(1.0, 2.0, 3.0)
    found = reader.lines("account.move", [1, 2])
    assert [line.gross for line in found.lines] == [119.0, 11.9, 1.0, 2.0, 3.0]


def test_a_line_that_does_not_fit_rejects_its_document_only(erp, reader):
    erp.invoice(50.0)
    erp.tables["account.move.line"][1]["quantity"] = False
    found = reader.lines("account.move", [1, 2])
    assert [line.document for line in found.lines] == ["account.move:2"]
    assert found.rejects == {
        "account.move:1": "account.move.line:1: quantity: Field may not be null."
    }


def test_a_deleted_invoice_has_no_lines_and_is_no_reject(reader):
    found = reader.lines("account.move", [99])
    assert (found.lines, found.rejects) == ([], {})


def test_a_deleted_customer_is_no_customer(erp, reader):
    del erp.tables["account.move"][1]
    found = reader.lines("account.move", [1])
    assert [line.customer for line in found.lines] == [None, None]


def test_documents_of_an_app_without_mapping_are_rejected_with_a_sentence(reader):
    found = reader.lines("repair.order", [3])
    assert found.rejects == {"repair.order:3": "The mapping odoo-19.yaml reads no repair.order."}


def test_point_of_sale_installed_later_is_found(erp, reader):
    assert reader.lines("pos.order", [1]).rejects
    erp.add("pos.order", name="T/1", date_order="2026-11-21 12:00:00", partner_id=7, state="paid")
    erp.add(
        "pos.order.line",
        order_id=1,
        qty=2.0,
        price_subtotal=16.81,
        price_subtotal_incl=20.0,
        company_id=1,
        **SALE,
    )
    reader.forget()
    (line,) = reader.lines("pos.order", [1]).lines
    assert (line.document, line.gross, line.void) == ("pos.order:1", 20.0, False)


def test_a_mapping_that_does_not_fit_the_erp_rejects_with_file_and_line(erp, reader):
    del erp.fields["account.move.line"]["price_total"]
    (why,) = reader.lines("account.move", [1]).rejects.values()
    assert "the ERP has no field 'price_total' in account.move.line" in why
    assert "odoo-19.yaml:" in why


@pytest.mark.parametrize(
    "error", [ErpUnreachable("away"), ErpRefused("odoo.exceptions.AccessError", "no")]
)
def test_an_erp_that_refuses_is_not_taken_for_one_without_the_model(erp, reader, error):
    erp.errors = [error]
    with pytest.raises(type(error)):
        reader.lines("account.move", [1])
    assert reader.lines("account.move", [1]).lines
