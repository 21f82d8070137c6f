"""The till's daemon: a card becomes one call to the ERP and one answer to the seller."""

__version__ = "1.0.0"
