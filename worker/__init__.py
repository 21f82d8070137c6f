"""Celery tasks that run the connector: sales in, stock moves out."""

__version__ = "0.1.0"
