"""Conflicts on one card are repeated within milliseconds, not after Odoo's pause of seconds."""

import random
import time
from functools import wraps

from psycopg2 import errors

from odoo.exceptions import ConcurrencyError, LockError
from odoo.tools import SQL

CONFLICTS = (
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    ConcurrencyError,
)
PATIENCE_S = 12.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.005, 0.25


def repeated(method):
    """Decorate a public booking method whose transaction holds nothing but this booking.

    Of two transactions on the same enrolment the second fails with a serialization error (law 5).
    Odoo repeats the request, too, but sleeps up to two seconds first: too long at a till.

    :raises LockError: others held the card all the time; nothing was booked, safe to repeat
    """

    @wraps(method)
    def book(self, *args, **kwargs):
        until, pause = time.monotonic() + PATIENCE_S, SHORTEST_PAUSE_S
        while True:
            try:
                result = method(self, *args, **kwargs)
                self.env.flush_all()
                return result
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                if time.monotonic() > until:
                    raise LockError(
                        self.env._(
                            "Others are using this card right now: nothing was booked."
                            " Please try again."
                        )
                    ) from conflict
                time.sleep(random.uniform(pause / 2, pause))
                pause = min(pause * 2, LONGEST_PAUSE_S)

    return book


def take_turn(cards):
    """Lock these enrolments at once or not at all, as the first step of a ``repeated`` method.

    Waiting for the lock would be in vain: the one who holds it changes the row, and whoever waited
    fails. Many tills on one card would wake together and all do their work for nothing.
    """
    if cards:
        cards.env.cr.execute(
            SQL(
                "SELECT 1 FROM loyalty_card WHERE id IN %s ORDER BY id FOR NO KEY UPDATE NOWAIT",
                tuple(cards.ids),
            ),
            log_exceptions=False,
        )
