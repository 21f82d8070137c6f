"""How a person may be written in a text, so that it can be found and taken out."""

import html
import json
import re

# What stands where the person was named.
GONE = "\u2026"
SHORTEST = 3


def pattern(names: list[str], plain: list[str]) -> str:
    """Return a regular expression that PostgreSQL and Python read alike, or "" without any mark.

    It finds whole words only: Berg is not in Bergmann. Capitals do not matter (say so when using
    it); a name of several words is also found as "Meier, Erika"; what HTML and JSON write
    differently is found as well.

    :param names: of the person, words apart by blanks
    :param plain: mail addresses, phone numbers, customer numbers, as they are kept
    """
    found = {one for text in plain for one in _written(text) if len(one) >= SHORTEST}
    marks = {re.sub(r"(\\ |\s)+", r"\\s+", _quoted(one)) for one in found}
    for name in names:
        words = name.split()
        if len("".join(words)) < SHORTEST:
            continue
        marks |= {r"\s+".join(map(_quoted, one.split())) for one in _written(" ".join(words))}
        if len(words) > 1:
            turned = f"{words[-1]}, {' '.join(words[:-1])}"
            marks |= {
                r"\s+".join(map(_quoted, one.split())).replace(",", ",?", 1)
                for one in _written(turned)
            }
    if not marks:
        return ""
    longest_first = sorted(marks, key=lambda mark: (-len(mark), mark))
    return f"(?<![0-9A-Za-z\u00c0-\u024f])(?:{'|'.join(longest_first)})(?![0-9A-Za-z\u00c0-\u024f])"


def _written(text: str) -> set[str]:
    """Return *text* as it stands in plain text, in HTML (two ways) and in JSON."""
    text = " ".join(text.split())
    once = html.escape(text)
    return {
        text,
        once,
        html.escape(text, quote=False),
        once.replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        json.dumps(text, ensure_ascii=False)[1:-1],
        json.dumps(text)[1:-1],
    }


def _quoted(text: str) -> str:
    """Return *text* for a regular expression of either kind: letters, digits, else escaped."""
    return re.sub(r"([^0-9A-Za-z\u00c0-\u024f\u0370-\uffff])", r"\\\1", text)
