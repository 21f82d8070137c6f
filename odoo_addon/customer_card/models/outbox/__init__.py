"""What waits for the worker, and how the worker is."""

from . import (
    customer_card_outbox,
    customer_card_outbox_push,
    customer_card_foreign_move,
    customer_card_outbox_task,
    customer_card_worker,
    customer_card_worker_note,
    account_move,
)
