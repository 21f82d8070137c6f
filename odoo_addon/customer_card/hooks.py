"""What happens once, when the module is installed or removed."""


def post_init_hook(env):
    """Give every balance that exists already its opening entry, so that law 1 holds from the start."""
    cards = env["loyalty.card"].with_context(active_test=False)
    last_id = 0
    while batch := cards.search([("points", "!=", 0), ("id", ">", last_id)], order="id", limit=1000):
        batch._post_opening_balance()
        last_id = batch[-1].id
        env.cr.flush()


def uninstall_hook(env):
    """Open the ledger for the removal of its table; the setting ends with the transaction."""
    env["loyalty.card.entry"]._open_ledger()
