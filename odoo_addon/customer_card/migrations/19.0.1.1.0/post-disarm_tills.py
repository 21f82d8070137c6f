"""Take the user off each till whose reader signs in as a person, and that reader's keys."""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    """A key of a manager's making could sign in as whoever was the till's user."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    tills = env["customer.till"].with_context(active_test=False).search([("user_id", "!=", False)])
    for till in tills:
        user = till.user_id
        if user._is_reader_of(till.company_id):
            continue
        keys = env["res.users.apikeys"].search([("user_id", "=", user.id)])
        keys = keys.filtered(lambda key, till=till: key.name == till.name)
        _logger.warning(
            "Till %s (%s) has lost its reader user %s and %s of its keys: it is no reader's user."
            " Pair the reader again.",
            till.name,
            till.id,
            user.login,
            len(keys),
        )
        keys.unlink()
        cr.execute(
            "UPDATE customer_till SET user_id = NULL, pending_key = NULL WHERE id = %s", [till.id]
        )
