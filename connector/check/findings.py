"""What ``customer-card check`` found, one thing at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    :param level: ok, warning or error
    :param key: of the ``erp:`` part of the settings, where that is to be changed
    """

    level: str
    text: str
    key: str = ""


def ok(text: str) -> Finding:
    """Return something that is as it should be."""
    return Finding("ok", text)


def warning(text: str) -> Finding:
    """Return something that works, but not well, or not for long."""
    return Finding("warning", text)


def error(text: str) -> Finding:
    """Return something that a person has to change."""
    return Finding("error", text)
