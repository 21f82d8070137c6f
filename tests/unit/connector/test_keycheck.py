"""``customer-card check`` on API keys: when they end, or that it cannot be seen."""

from dataclasses import replace

import pytest

from connector.check.keys import look_at_keys
from connector.erp import ErpSettings
from tests.unit.foreign_table import ForeignTable

SETTINGS = ErpSettings("http://nord", "nord", "worker", "k3y", "json2")


@pytest.fixture
def erp():
    return ForeignTable()  # it is noon, 2026-11-21


def said(erp, settings=SETTINGS):
    return [(one.level, one.text) for one in look_at_keys(erp, settings)]


def keys(*ends):
    return [{"name": f"key {n}", "expiration_date": end} for n, end in enumerate(ends)]


def test_a_key_that_ends_soon_is_a_warning(erp):
    erp.others["res.users.apikeys"] = keys(
        "2027-01-30 12:00:00", "2026-11-30 13:00:00", False, "2026-11-20 10:00:00"
    )
    (past, soon) = said(erp)
    assert past[0] == soon[0] == "warning"
    assert past[1].startswith("The API key 'key 3' ended on 2026-11-20.")
    assert soon[1].startswith("The API key 'key 1' ends on 2026-11-30, in 9 days. Create a new")


def test_keys_that_last_are_fine(erp):
    erp.others["res.users.apikeys"] = keys("2027-01-30 12:00:00", False)
    assert said(erp) == [("ok", "The first API key to end does so on 2027-01-30.")]
    erp.others["res.users.apikeys"] = keys(False)
    assert said(erp) == [("ok", "No API key of this user ends.")]


def test_an_erp_that_does_not_tell(erp):
    ((level, text),) = said(erp)
    assert level == "warning"
    assert "cannot be seen over RPC" in text
    erp.others["res.users.apikeys"] = [{"name": "key"}]
    assert said(erp) == [("ok", "API keys of this Odoo have no end.")]


def test_a_password_does_not_end(erp):
    assert said(erp, replace(SETTINGS, transport="web")) == []
