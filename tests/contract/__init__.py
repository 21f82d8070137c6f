"""Conversations with real ERPs, replayed."""
