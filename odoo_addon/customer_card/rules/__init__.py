"""The arithmetic of customer cards: pure functions on Decimal and dates. Imports nothing of Odoo."""
