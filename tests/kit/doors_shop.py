"""Run inside ``odoo shell``: two companies with one of everything, a user for each role, and what
can be called. The answer is written to the file that ``DOORS_FILE`` names.
"""

import inspect
import json
import os
from pathlib import Path

env = env(context={**env.context, "tracking_disable": True, "mail_notrack": True})  # noqa: F821
ours = env.company
others = env["res.company"].create({"name": "Fremde Firma"})
env.user.company_ids |= others
OURS = "odoo.addons.customer_card"
GROUPS = {
    "seller": "customer_card.group_user",
    "cashier": "point_of_sale.group_pos_user,sales_team.group_sale_salesman",
    "officer": "hr.group_hr_manager",
    "manager": "customer_card.group_manager",
    "pos_manager": "point_of_sale.group_pos_manager",
    "worker": "base.group_user,customer_card.group_worker",
    "reader": "base.group_portal,customer_card.group_bridge",
    "portal": "base.group_portal",
}


def user(role, company=ours, login=None):
    groups = env["res.groups"].concat(*(env.ref(name) for name in GROUPS[role].split(",")))
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": f"Tür {role}",
                "login": login or f"door_{role}",
                "password": "door",
                "group_ids": [(6, 0, groups.ids)],
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "lang": "en_US",
            }
        )
    )


def furnish(company, reader, boss):
    """Make one of everything in *company* and return it by model."""
    made = {}

    def new(model, **values):
        records = env[model].with_company(company).with_context(allowed_company_ids=[company.id])
        record = records.create(values)
        made[model] = record.id
        return record

    partner = new("res.partner", name=f"Kunde {company.name}")
    battery = new("product.product", name=f"Batterie {company.name}", list_price=10.0)
    counter = new(
        "loyalty.program",
        name=f"Zähler {company.name}",
        kind="bonus_item",
        company_id=company.id,
        line_ids=[(0, 0, {"product_id": battery.id, "quantity": 9})],
    )
    made["loyalty.program.line"] = counter.line_ids.id
    credit = new("loyalty.program", name=f"Wert {company.name}", kind="stored_value")
    credit.company_id = company
    card_type = new("customer.card.type", name=f"Art {company.id}", company_id=company.id)
    card_type.sequence_id = env["ir.sequence"].create({"name": "x", "number_next": 70000})
    card = new(
        "customer.card",
        partner_id=partner.id,
        company_id=company.id,
        card_type_id=card_type.id,
        number=f"D{company.id}0001",
    )
    media = env["customer.card.medium"]
    made["customer.card.medium"] = media._assign(card, "token", "chip", media._new_token()).id
    enrolment = counter._enrol(customer_card=card)
    enrolment._issue(enrolment.allowance_ids, battery, 1, key=f"door:{company.id}")
    made["loyalty.card.allowance"] = enrolment.allowance_ids.id
    made["loyalty.card.entry"] = enrolment.entry_ids[:1].id
    account = credit._enrol(partner, amount=50)
    made["loyalty.card"] = account.id
    made["loyalty.program"] = credit.id
    made["enrolment"] = enrolment.id
    till = new("customer.till", name=f"Kasse {company.name}", company_id=company.id)
    till.user_id = reader
    made["customer.card.event"] = (
        env["customer.card.event"]
        .create(
            {
                "key": f"door:{company.id}",
                "till_id": till.id,
                "customer_card_id": card.id,
                "state": "new",
                "origin": "insert",
                "status": "pushed",
                "action": "customer",
                "presented_at": "2030-01-01",
            }
        )
        .id
    )
    made["customer.card.encoding"] = (
        env["customer.card.encoding"].create({"till_id": till.id, "card_id": card.id}).id
    )
    rows = env["customer.card.outbox"]._add("sale", partner.with_company(company), "posted")
    rows.company_id = company
    made["customer.card.outbox"] = rows.id
    source = new("customer.card.sync.source", name=f"fern{company.id}", company_id=company.id)
    stream = env["customer.card.sync.stream"].create(
        {"source_id": source.id, "name": "invoice_line"}
    )
    made["customer.card.sync.link"] = (
        env["customer.card.sync.link"]
        .create({"source_id": source.id, "kind": "customer", "foreign_id": 1, "name": "x"})
        .id
    )
    for model, values in (
        ("customer.card.sync.document", {"key": "d", "state": "failed"}),
        ("customer.card.sync.reject", {"key": "r", "document": "d", "reasons": "x"}),
    ):
        made[model] = env[model].create({"stream_id": stream.id, **values}).id
    new(
        "customer.card.order",
        company_id=company.id,
        line_ids=[(0, 0, {"partner_id": partner.id, "card_type_id": card_type.id})],
    )
    new("customer.card.import", company_id=company.id, file="YQ==")
    employee = new("hr.employee", name=f"Person {company.name}", company_id=company.id)
    employee.user_id = boss
    if company == ours:
        new("sale.order", partner_id=partner.id)
        session = env["pos.session"].search([("state", "=", "opened")], limit=1)
        if session:
            totals = dict.fromkeys(
                ("amount_tax", "amount_total", "amount_paid", "amount_return"), 0
            )
            new("pos.order", session_id=session.id, company_id=company.id, **totals)
    secret = env["customer.till.screen"].with_user(boss)._pair(till)[1]
    return {"screen": secret, "number": card.number, "made": made}


users = {role: user(role) for role in GROUPS}
foreign_reader = user("reader", others, "door_foreign_reader")
foreign_boss = user("manager", others, "door_foreign_manager")
boss = user("manager", ours, "door_boss")


def is_ours(function):
    """The guards that many models share are no doors of their own."""
    module = getattr(function, "__module__", "") or ""
    return module.startswith(OURS) and not module.endswith(".server_fields")


def callable_methods():
    """Yield each public method that one of our modules defines, per model of the registry."""
    for name, model in env.registry.items():
        seen = {}
        for cls in model.mro():
            for attribute, function in vars(cls).items():
                if not attribute.startswith("_") and inspect.isfunction(function):
                    closed = getattr(function, "_api_private", False)
                    seen.setdefault(attribute, []).append((is_ours(function), closed, function))
        for attribute, found in sorted(seen.items()):
            if any(closed for _ours, closed, _function in found):
                continue
            if not (mine := [function for own, _closed, function in found if own]):
                continue
            asked = inspect.signature(inspect.unwrap(mine[0])).parameters.values()
            yield {
                "model": name,
                "method": attribute,
                "abstract": model._abstract,
                "transient": model._transient,
                "on_records": not getattr(mine[0], "_api_model", False),
                "needed": [
                    one.name
                    for one in list(asked)[1:]
                    if one.default is inspect.Parameter.empty
                    and one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
                ],
            }


answer = {
    "companies": {"own": ours.id, "foreign": others.id},
    "own": furnish(ours, users["reader"], boss),
    "foreign": furnish(others, foreign_reader, foreign_boss),
    "methods": list(callable_methods()),
}
env.cr.commit()
Path(os.environ["DOORS_FILE"]).write_text(json.dumps(answer))
