"""A card was presented: who shows it, and what it is good for."""

from . import (
    customer_card_event,
    customer_card_event_claim,
    customer_card_event_issue,
    customer_card_event_recipient,
    customer_card_event_encoding,
    customer_card_event_tier,
)
