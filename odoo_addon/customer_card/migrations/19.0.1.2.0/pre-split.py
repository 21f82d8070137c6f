"""Parts of this module have become modules: what belongs to them changes hands, unchanged.

Whoever had this module had all of it. Each part is marked as installed in an earlier version, so
that the same run loads it as an upgrade: a mail template or a sequence that a shop has changed
stays as it is.
"""

from odoo.tools import SQL

# What belongs to a part: everything named after these tables, and these by name.
PARTS = {
    "customer_card_order": (
        "customer_card_order",
        (
            *("menu_customer_card_order", "mail_template_card_order"),
            *("field_customer_card__order_line_id", "field_customer_card_type__printer_id"),
            *("field_res_partner__card_order_count", "field_res_partner__card_order_line_ids"),
            *("field_res_users__card_order_count", "field_res_users__card_order_line_ids"),
        ),
        ("customer_card_order_line_id_fkey", "customer_card_type_printer_id_fkey"),
    ),
    "customer_card_bill": (
        "customer_card_bill",
        (
            *("menu_bill", "field_loyalty_program__payer_id", "field_loyalty_program__payer_from"),
            "field_loyalty_program_line__bill_price",
            "constraint_loyalty_program_line_bill_price_positive",
        ),
        ("loyalty_program_payer_id_fkey", "loyalty_program_line_bill_price_positive"),
    ),
    "customer_card_takeover": (
        "customer_card_import",
        (
            *("menu_import", "cron_import", "cron_import_ir_actions_server"),
            *("field_customer_card__import_id", "field_customer_card_medium__import_id"),
        ),
        ("customer_card_import_id_fkey", "customer_card_medium_import_id_fkey"),
    ),
    "customer_card_sync": ("(customer_card_)?sync", ("menu_sync_source",), ()),
    "customer_card_report": (
        "(customer_card_(liability|movement|issue_slip)|loyalty_card_issue_report)",
        (
            *("menu_liability", "menu_movement", "menu_issue_report", "issue_slip"),
            *("action_report_issue_slip", "loyalty_card_view_form_issue_slip"),
            "res_partner_view_form_issue_slip",
        ),
        (),
    ),
    "customer_card_office": (
        "(loyalty_card_(correction|end|transfer)|customer_card_discount)",
        (
            *("loyalty_card_view_form_correction", "loyalty_card_entry_view_list_correction"),
            *("loyalty_card_view_form_end", "loyalty_card_view_form_transfer"),
            *("customer_card_view_form_discount", "loyalty_card_view_search_attention"),
            *("loyalty_card_view_list_attention", "action_loyalty_card_attention"),
            *("menu_attention", "action_loyalty_card_activity", "action_loyalty_card_mail"),
            *("mail_template_program_reminder", "field_loyalty_card__ends_in_days"),
            *("field_loyalty_card__left", "field_loyalty_card__unused_months"),
            *("field_loyalty_card_entry__can_take_back", "field_loyalty_card_entry__may_take_back"),
        ),
        (),
    ),
    "customer_card_portal": (
        "portal",
        (
            *("action_print_qr_cards", "field_customer_card__uses_qr"),
            *("field_customer_card_medium__handle", "field_customer_card_medium__last_step"),
            "field_customer_card_medium__last_till_id",
        ),
        ("customer_card_medium_last_till_id_fkey",),
    ),
    "customer_card_privacy": ("customer_card_erase", ("action_erase_card_data",), ()),
    "customer_card_starter": (
        "(customer_card_bundle|loyalty_program_new|bundle)",
        ("menu_bundle",),
        (),
    ),
}
KINDS = "model|model_inherit_|field|field_|selection_|constraint|access|rule|action|sequence"


def migrate(cr, _version):
    for module, (table, names, constraints) in PARTS.items():
        of_part = rf"^(({KINDS})_)?{table}(_|$)"
        cr.execute(
            """
            UPDATE ir_model_data SET module = %s
             WHERE module = 'customer_card' AND (name ~ %s OR name = ANY(%s))
            """,
            [module, of_part, list(names)],
        )
        if not cr.rowcount:
            continue  # it was a module before, installed or not
        for rows in ("ir_model_constraint", "ir_model_relation"):
            cr.execute(
                SQL(
                    """
                    UPDATE %(rows)s AS row SET module = part.id
                      FROM ir_module_module part, ir_module_module core, ir_model model
                     WHERE part.name = %(module)s AND core.name = 'customer_card'
                       AND row.module = core.id AND model.id = row.model
                       AND (replace(model.model, '.', '_') ~ %(of_part)s
                            OR row.name = ANY(%(constraints)s))
                    """,
                    rows=SQL.identifier(rows),
                    module=module,
                    of_part=of_part,
                    constraints=list(constraints),
                )
            )
        cr.execute(
            """
            UPDATE ir_module_module SET state = 'to upgrade', latest_version = '19.0.1.0.0'
             WHERE name = %s AND state IN ('uninstalled', 'to install')
            """,
            [module],
        )
