"""What a record rule hides: one receipt waits, and nobody else."""

import pytest

from connector.exceptions import ErpRefused
from connector.foreign.changes import Changes, Position
from connector.mapping import schema
from connector.rows import Rows
from tests.unit.receipts import mapping_at, receipts


@pytest.fixture
def erp():
    return receipts()


@pytest.fixture
def changes(erp, tmp_path):
    rows = Rows(erp, schema.load(mapping_at(tmp_path)))
    plan = rows.watched(rows.mapping.sections["invoice_line"])
    return Changes(rows, plan, window_s=10, page=100)


@pytest.mark.parametrize("number", [2, 150])  # one by one, and by aggregates
def test_one_hidden_parent_is_one_rejected_document(erp, changes, number):
    """H5: its receipt waits with a reason; it neither stops the stream nor looks void."""
    for _ in range(number - 2):
        made = erp.add("x_bon", x_state="paid", x_number="B", x_day="2026-11-20", x_currency_id=1)
        erp.add("x_bon_line", x_bon_id=made, x_article_id=3, x_pieces=1.0, x_gross=1.0)
    erp.hidden["x_bon"] = {1}
    page = changes.block(0, 1000)
    assert {one["document"] for one in page.rejects} == {"x_bon:1"}
    assert "x_bon_id x_bon:1" in page.rejects[0]["reasons"]["erp"][0]
    assert len(page.rows) == len(erp.tables["x_bon_line"]) - 2
    assert not any(one["data"]["void"] for one in page.rows)


def test_many_hidden_parents_stop_nothing(erp, changes):
    """H5: a rule that hides half of the receipts rejects these; it is not the whole ERP."""
    for _ in range(60):
        made = erp.add("x_bon", x_state="paid", x_number="B", x_day="2026-11-20", x_currency_id=1)
        erp.add("x_bon_line", x_bon_id=made, x_article_id=3, x_pieces=1.0, x_gross=1.0)
    erp.hidden["x_bon"] = set(range(3, 43))
    page = changes.history(Position())
    assert len(page.rejects) == 40
    assert len(page.rows) == 4 + 20


def test_a_model_that_may_not_be_read_stops_the_stream(erp, changes):
    """No row is at fault then."""
    erp.closed.add("x_bon")
    with pytest.raises(ErpRefused):
        changes.block(0, 1000)
