"""Tapes must not hold what opens a door."""

import re
from pathlib import Path

import pytest

TAPES = sorted((Path(__file__).parent / "tapes").rglob("*.yaml"))
LEAKS = [
    re.compile(r"(?i)authorization|bearer|set-cookie|session_id=|x-openerp"),
    re.compile(r"\b[0-9a-f]{40}\b"),  # an API key
    re.compile(r'"(password|session_id|debug|api_key)\\?": \\?"(?!hidden)'),
    re.compile(r"127\.0\.0\.1|localhost|Traceback"),
    re.compile(r"(?<![\w.])/(tmp|work|home|root|usr|opt)/"),
]


@pytest.mark.parametrize(("erp", "fewest"), [("odoo19", 15), ("odoo14", 8)])
def test_there_are_tapes(erp, fewest):
    assert sum(path.parent.name == erp for path in TAPES) >= fewest


@pytest.mark.parametrize("path", TAPES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_tape_holds_no_secret(path):
    text = path.read_text()
    for leak in LEAKS:
        assert not leak.search(text), f"{path.name} holds {leak.search(text)}"
