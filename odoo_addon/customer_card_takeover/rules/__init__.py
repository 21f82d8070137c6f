"""The arithmetic of customer cards: pure functions on Decimal and dates, without Odoo."""
