"""Reads a foreign ERP (one without our addon) and brings what changed to the host."""
