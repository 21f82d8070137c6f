"""Provides the real parts: Odoo, PostgreSQL, Redis, pcscd, Chromium, for demo, tests and CI.

Standard library only, since it runs before anything is installed: ``python3 -m dev help``.
"""
