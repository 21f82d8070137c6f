"""Removing the modules: nothing is given away afterwards, and nothing stands in the way."""

import xmlrpc.client

UNINSTALL_S = 300


class Slow(xmlrpc.client.Transport):
    """Uninstalling takes longer than a usual call."""

    def make_connection(self, host):
        connection = super().make_connection(host)
        connection.timeout = UNINSTALL_S
        return connection


def test_uninstall_leaves_closed_programs_and_no_trigger(odoo):
    """Law 3: the ledger's trigger does not survive its table; our programs stay shut."""
    common = xmlrpc.client.ServerProxy(f"{odoo.url}/xmlrpc/2/common")
    uid = common.authenticate(odoo.database, "admin", "demo", {})
    models = xmlrpc.client.ServerProxy(
        f"{odoo.url}/xmlrpc/2/object", transport=Slow(), allow_none=True
    )

    def call(model, method, *args, **kwargs):
        return models.execute_kw(odoo.database, uid, "demo", model, method, args, kwargs)

    programs = call("loyalty.program", "search", [["kind", "!=", False]])
    assert programs
    assert call("loyalty.card.entry", "search_count", [])
    module = call("ir.module.module", "search", [["name", "=", "customer_card"]])
    call("ir.module.module", "button_immediate_uninstall", module)
    fields = ["active", "sale_ok", "pos_ok", "program_type"]
    left = call("loyalty.program", "read", programs, fields, context={"active_test": False})
    assert not [one for one in left if one["sale_ok"] or one["pos_ok"]]
    assert not [one for one in left if one["program_type"] == "bonus_item"]
    assert call("loyalty.card", "search_count", [["program_id", "in", programs]])
