"""Books issues into the stock of a foreign ERP."""
