"""Measures the way of documents and issues between two ERPs, each figure beside another way."""
