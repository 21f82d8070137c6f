"""What a real Odoo 19 answers, over each transport."""

from datetime import UTC

import pytest

from connector.exceptions import ErpRefused

TRANSPORTS = ["json2", "web", "jsonrpc"]
every_transport = pytest.mark.parametrize("transport", TRANSPORTS)


@every_transport
def test_version_needs_no_login(tape, transport):
    assert tape.connect(transport, "wrong").version() == "19.0"


@every_transport
def test_records_come_without_the_names_of_links(tape, transport):
    erp = tape.connect(transport)
    query = {"domain": [], "fields": ["uom_id"], "order": "id", "limit": 1}
    (product,) = erp.call("product.product", "search_read", **query, load="")
    assert type(product["uom_id"]) is int
    (again,) = erp.call("product.product", "read", [product["id"]], fields=["uom_id"], load="")
    assert again == product
    assert erp.server_time.tzinfo is UTC


@every_transport
def test_a_missing_record_is_left_out(tape, transport):
    assert tape.connect(transport).call("res.partner", "read", [99999999], fields=["name"]) == []


@every_transport
def test_a_wrong_secret_says_what_to_do(tape, transport):
    with pytest.raises(ErpRefused) as caught:
        tape.connect(transport, "wrong").call("res.partner", "search", domain=[])
    assert caught.value.name == "odoo.exceptions.AccessDenied"
    assert "create a new one in Odoo" in caught.value.message


@every_transport
def test_what_the_user_may_not_do_is_refused_with_odoos_sentence(tape, transport):
    with pytest.raises(ErpRefused) as caught:
        tape.connect(transport).call("ir.config_parameter", "search", domain=[])
    assert caught.value.name == "odoo.exceptions.AccessError"
    assert caught.value.is_access
    assert caught.value.message.startswith("You are not allowed to access 'System Parameter'")


@every_transport
def test_an_unknown_field_and_method_are_refused(tape, transport):
    erp = tape.connect(transport)
    with pytest.raises(ErpRefused, match="Invalid field 'nam'"):
        erp.call("res.partner", "read", [1], fields=["nam"])
    with pytest.raises(ErpRefused, match=r"The method 'res.partner.nope' does not exist"):
        erp.call("res.partner", "nope", [1])
