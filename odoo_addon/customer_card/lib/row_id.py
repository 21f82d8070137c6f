"""Ids that clients send."""


def row_id(value):
    """Return the id of a row that a client has named; 0 for what can be none."""
    return value if type(value) is int and 0 < value < 2**31 else 0
