"""Random shop days on the real models and a real PostgreSQL: every law is asked after every step.

Started by ``make sim`` and ``make mutants``; :mod:`dev.sim` gives it Odoo's environment.
"""
