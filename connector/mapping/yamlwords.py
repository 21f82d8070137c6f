"""What YAML's reader says, in words that say what to do."""

import yaml

TOO_DEEP = "nested too deeply: no settings need that"
TOO_MANY = "too many values: anchors (&, *) multiply what stands in the file"
# The beginning of what YAML's two readers say, and what that means for somebody who writes a file.
_MEANINGS = (
    (("while scanning an anchor", "while scanning an alias"), "'&' and '*' need quotes: '&x'"),
    (
        ("mapping values are not allowed", "did not find expected key", "expected <block end>"),
        "this line is indented otherwise than its neighbours, or a text with ': ' needs quotes",
    ),
    (("did not find expected '-'",), "this line is indented otherwise than the list around it"),
    (("could not find expected ':'",), "the ':' is missing, or the line is indented wrongly"),
    (
        ("found unexpected end of stream", "found unexpected document", "while scanning a quoted"),
        "a quote was opened and not closed",
    ),
    (
        ("did not find expected ',' or", "expected ',' or", "while parsing a flow"),
        "a bracket was opened and not closed, or a ',' is missing",
    ),
    (("found undefined alias", "found unknown escape"), "'*' and '\\\\' need single quotes"),
    (("found character that cannot start", "found character '%'"), "this sign needs quotes"),
    (("did not find expected <document", "expected a single document"), "one document is enough"),
    (("control characters", "special characters", "unacceptable"), "a sign that is no text"),
    (("could not determine a constructor",), "no tags (!): plain values only"),
)


def in_plain_words(error: yaml.YAMLError, text: str) -> str:
    """Return what is wrong in *text*, and what to write."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if mark is not None:
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in problem:
            return "a tab stands here: indent with spaces"
    said = f"{getattr(error, 'context', None) or ''} {problem}".lower()
    for signs, meaning in _MEANINGS:
        if any(sign.lower() in said for sign in signs):
            return f"{meaning} ({problem})"
    return problem


def place_of(error: yaml.YAMLError, text: str) -> tuple[int, int]:
    """Return line and column; what is missing at the end is missing behind the last sign."""
    mark = getattr(error, "problem_mark", None)
    lines = text.rstrip().splitlines() or [""]
    if mark is None:
        return 1, 1
    if mark.line >= len(lines):
        return len(lines), len(lines[-1]) + 1
    return mark.line + 1, mark.column + 1
