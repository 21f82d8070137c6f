"""What happens once, when the module is installed."""


def post_init_hook(env):
    """Write the first row of terms of the points programs that exist: it holds for their past."""
    programs = env["loyalty.program"].with_context(active_test=False)
    programs.search([("kind", "=", "points")])._note_terms()
    env["customer.card.type"].with_context(active_test=False).search([])._tick_points()
    env["customer.card"]._note_first_reasons()
