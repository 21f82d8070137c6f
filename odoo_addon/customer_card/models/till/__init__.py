"""Tills, their screens and readers, and what a reader presents."""

from . import (
    customer_till,
    customer_till_screen,
    ir_websocket,
    customer_till_key,
    customer_till_reader,
    customer_till_present,
)
