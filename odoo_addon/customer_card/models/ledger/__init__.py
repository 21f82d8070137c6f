"""Balances: enrolments, entries, reservations, quotas."""

from . import (
    loyalty_card_allowance,
    loyalty_card_entry,
    loyalty_card_chain,
    loyalty_card_export,
    loyalty_card_hold,
    loyalty_card_day,
    loyalty_card_ledger,
    loyalty_card,
    loyalty_card_holds,
    loyalty_card_grant,
    loyalty_card_fitting,
    loyalty_card_enrolment,
    loyalty_card_issue,
    loyalty_card_push,
    loyalty_card_update_balance_native,
    loyalty_card_audit,
)
