"""The code on a phone: pure functions, without Odoo."""
