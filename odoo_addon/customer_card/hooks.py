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
    """Take the trigger off the ledger, so that its table can be removed, and close bonus items.

    By SQL: halfway through an uninstallation the models' own methods may miss what they need.
    A native type that gives nothing by itself takes the place of ours.
    """
    env.cr.execute("DROP FUNCTION IF EXISTS customer_card_append_only() CASCADE")
    env.cr.execute(
        "UPDATE loyalty_program SET active = false, program_type = 'promo_code'"
        " WHERE program_type = 'bonus_item'"
    )
    env.invalidate_all(flush=False)
