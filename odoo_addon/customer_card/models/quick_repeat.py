"""Conflicts on one card are repeated within milliseconds, not after Odoo's pause of seconds."""

import random
import time
from functools import wraps

from psycopg2 import errors

from odoo.exceptions import ConcurrencyError, LockError

CONFLICTS = (
    errors.SerializationFailure,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    ConcurrencyError,
)
PATIENCE_S = 8.0
LONGEST_PAUSE_S = 0.1


def repeated(method):
    """Decorate a public booking method whose transaction holds nothing but this booking.

    Of two transactions on the same enrolment the second fails with a serialization error (law 5).
    Odoo repeats the request, too, but sleeps up to two seconds first: too long at a till.

    :raises LockError: others held the card all the time; nothing was booked, safe to repeat
    """

    @wraps(method)
    def book(self, *args, **kwargs):
        until, pause = time.monotonic() + PATIENCE_S, 0.004
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
                time.sleep(random.uniform(0, pause))
                pause = min(pause * 2, LONGEST_PAUSE_S)

    return book
