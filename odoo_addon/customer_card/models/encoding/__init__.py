"""Cards that are being written."""

from . import (
    customer_card_encoding,
    customer_card_encoding_try,
    customer_card_hand_out,
    customer_card_encoding_request,
)
