"""Removing the modules: nothing is given away afterwards, and nothing stands in the way."""

import xmlrpc.client

UNINSTALL_S = 300


class Slow(xmlrpc.client.Transport):
    """Uninstalling takes longer than a usual call."""

    def make_connection(self, host):
        connection = super().make_connection(host)
        connection.timeout = UNINSTALL_S
        return connection


# Modules that nothing else needs, and how their models are called.
OWN = {
    "customer_card_bill": "customer.card.bill",
    "customer_card_office": "loyalty.card.correction",
    "customer_card_order": "customer.card.order",
    "customer_card_privacy": "customer.card.erase",
    "customer_card_starter": "customer.card.bundle",
    "customer_card_sync": "customer.card.sync",
    "customer_card_takeover": "customer.card.import",
}


def test_uninstall_leaves_closed_programs_and_no_trigger(odoo):
    """Law 3: the ledger's trigger does not survive its table; our programs stay shut.

    Parts that nothing else needs go one by one before, with their data, and come back.
    """
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

    def modules(step, *names):
        found = call("ir.module.module", "search", [["name", "in", names]])
        call("ir.module.module", f"button_immediate_{step}", found)

    balances = call("loyalty.card", "search_read", [], ["points"])
    for part, own in OWN.items():
        modules("uninstall", part)
        assert not call("ir.model", "search_count", [["model", "=like", f"{own}%"]])
        assert call("loyalty.card", "search_read", [], ["points"]) == balances
    modules("install", *OWN)
    modules("uninstall", "customer_card")
    fields = ["active", "sale_ok", "pos_ok", "program_type"]
    left = call("loyalty.program", "read", programs, fields, context={"active_test": False})
    assert not [one for one in left if one["sale_ok"] or one["pos_ok"]]
    assert not [one for one in left if one["program_type"] == "bonus_item"]
    assert call("loyalty.card", "search_count", [["program_id", "in", programs]])
    name = [["module", "=", "loyalty"], ["name", "=", "loyalty_program_discount_loyalty_action"]]
    (data,) = call("ir.model.data", "search_read", name, fields=["res_id"])
    (menu,) = call("ir.actions.act_window", "read", [data["res_id"]], fields=["domain"])
    assert menu["domain"] == "[('program_type', 'not in', ('gift_card', 'ewallet'))]"
