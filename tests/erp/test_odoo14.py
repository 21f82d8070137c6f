"""A real Odoo 14 over the transports that it has; json2 came with 19."""

import pytest

from connector.erp import ErpSettings, connect
from connector.exceptions import ErpRefused, ErpUnreachable

every_transport = pytest.mark.parametrize("transport", ["web", "jsonrpc"])


@pytest.fixture
def sign_in(odoo14):
    def erp(transport, secret="demo", database=""):
        database = database or odoo14.database
        return connect(ErpSettings(odoo14.url, database, "sync", secret, transport))

    return erp


@every_transport
def test_it_answers_with_version_records_and_time(sign_in, transport):
    erp = sign_in(transport)
    assert erp.version() == "14.0"
    found = erp.call("res.partner", "search", domain=[["ref", "=", "K-0001"]])
    (partner,) = erp.call("res.partner", "read", found, fields=["name", "user_id"], load="")
    assert partner == {"id": found[0], "name": "Erika Meier", "user_id": False}
    assert erp.server_time is not None


@every_transport
@pytest.mark.parametrize(
    ("model", "fields", "sentence"),
    [
        ("res.partner", ["nam"], "Invalid field 'nam'"),
        ("res.nobody", ["name"], "res.nobody"),
        ("ir.config_parameter", ["key"], "not allowed to access"),
    ],
)
def test_what_it_refuses_is_refused_with_its_sentence(sign_in, transport, model, fields, sentence):
    with pytest.raises(ErpRefused, match=sentence):
        sign_in(transport).call(model, "read", [1], fields=fields)


@every_transport
def test_a_wrong_password_says_what_to_do(sign_in, transport):
    with pytest.raises(ErpRefused, match="create a new one in Odoo") as caught:
        sign_in(transport, "wrong").call("res.partner", "search", domain=[])
    assert caught.value.is_access


@every_transport
def test_a_database_that_is_away_may_come_back(sign_in, transport):
    with pytest.raises(ErpUnreachable):
        sign_in(transport, database="nobody").call("res.partner", "search", domain=[])


def test_json2_says_that_this_odoo_is_too_old(sign_in):
    with pytest.raises(ErpUnreachable, match="or this Odoo is too old"):
        sign_in("json2").call("res.partner", "search", domain=[])
