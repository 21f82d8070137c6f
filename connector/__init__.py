"""Talks RPC to an Odoo-style ERP and maps its rows to documents and back."""
