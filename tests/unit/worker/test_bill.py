"""Bills to payers are a module of their own: an ERP without it has nothing to bill."""

import contextlib

import pytest

from connector.exceptions import ErpRefused
from worker import parts, tasks


class Erp:
    def __init__(self, name):
        self.name = name

    def call(self, model, _method):
        raise ErpRefused(self.name, f"the model {model!r} does not exist")


@pytest.fixture
def refusing(monkeypatch):
    def refuse(name):
        monkeypatch.setattr(parts, "erp", lambda: Erp(name))

    alive = type("Alive", (), {"busy": staticmethod(contextlib.nullcontext)})
    monkeypatch.setattr(parts, "alive", alive)
    return refuse


def test_an_erp_without_the_module_has_nothing_to_bill(refusing, caplog):
    refusing("werkzeug.exceptions.NotFound")
    with caplog.at_level("INFO"):
        tasks.bill.run()
    assert "customer_card_bill is not installed" in caplog.text


def test_another_refusal_is_one(refusing):
    refusing("odoo.exceptions.AccessError")
    with pytest.raises(ErpRefused):
        tasks.bill.run()
