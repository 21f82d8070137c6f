"""What happens once, when the module is installed or removed."""

BATCH = 1000


def post_init_hook(env):
    """Give every balance that exists already its opening entry (law 1)."""
    cards = env["loyalty.card"].with_context(active_test=False)
    last_id = 0
    while batch := cards.search(
        [("points", "!=", 0), ("id", ">", last_id)], order="id", limit=BATCH
    ):
        batch._post_opening_balance()
        last_id = batch[-1].id
        env.cr.flush()


def uninstall_hook(env):
    """Take the triggers off the ledger, so that its table can be removed, and close bonus items.

    By SQL: halfway through an uninstallation the models' own methods may miss what they need.
    A native type that gives nothing by itself takes the place of ours, and the native menu asks no
    longer for our field.
    """
    env.cr.execute("DROP FUNCTION IF EXISTS customer_card_append_only() CASCADE")
    env.cr.execute("DROP FUNCTION IF EXISTS customer_card_chain() CASCADE")
    env.cr.execute("DROP FUNCTION IF EXISTS customer_card_entry_text(loyalty_card_entry)")
    env.cr.execute("DROP FUNCTION IF EXISTS customer_card_link(text, text)")
    env.cr.execute(
        "UPDATE loyalty_program SET active = false, program_type = 'promo_code'"
        " WHERE program_type = 'bonus_item'"
    )
    env.cr.execute(
        "UPDATE ir_act_window SET domain = replace(domain, %s, '') FROM ir_model_data data"
        " WHERE data.model = 'ir.actions.act_window' AND data.res_id = ir_act_window.id"
        " AND data.module = 'loyalty' AND data.name = 'loyalty_program_discount_loyalty_action'",
        [", ('kind', '=', False)"],
    )
    env.invalidate_all(flush=False)
