"""Tills, their screens and readers, and what a reader presents."""

from . import (
    customer_till,
    customer_till_screen,
    customer_till_deaf,
    ir_websocket,
    customer_till_key,
    customer_till_reader,
    customer_till_health,
    customer_till_present,
    customer_till_guess,
    customer_till_encode,
    customer_till_medium,
    customer_till_wedge,
)
