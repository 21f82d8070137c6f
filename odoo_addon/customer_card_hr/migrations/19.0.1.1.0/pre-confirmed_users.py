"""Whom a badge may log in as is kept by name, no longer as a doubt about whoever stands there."""


def migrate(cr, version):
    """Keep what administrators have linked or agreed to so far."""
    cr.execute("ALTER TABLE hr_employee ADD COLUMN IF NOT EXISTS badge_confirmed_user_id integer")
    cr.execute(
        "UPDATE hr_employee SET badge_confirmed_user_id = user_id"
        " WHERE NOT COALESCE(badge_user_unconfirmed, false)"
    )
