"""How a person is found in texts: pure functions, without Odoo."""
