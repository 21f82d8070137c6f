"""What happens once, when the module is removed."""


def uninstall_hook(env):
    """Take the trigger off the login log, so that its table can be removed."""
    env.cr.execute("DROP FUNCTION IF EXISTS customer_card_login_append_only() CASCADE")
