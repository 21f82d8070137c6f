"""Reading a take-over file: bytes to rows, cells to exact numbers, days and serial numbers."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from odoo.addons.customer_card.rules import numbers

DELIMITERS = ";,\t"
MARKS = {"comma": (",", "."), "point": (".", ",")}
# ASCII: what a person cannot read on the screen is not booked.
PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
# What a spreadsheet takes for the beginning of a formula, also in the wide forms of Asia.
FORMULA = tuple("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")
SIGNED = re.compile(r"[+-][0-9][0-9.,' ]*", re.ASCII)
UID_BYTES = (4, 7, 8, 10)
RANDOM_UID = "08"  # ISO 14443-3: a four byte number that starts so is new at every insert


class Refused(ValueError):
    """A file or cell cannot be read; ``code`` says why, the caller has the sentence for it."""

    def __init__(self, code: str, value: str = "", line: int = 0):
        super().__init__(code)
        self.code, self.value, self.line = code, value, line


def decoded(data: bytes) -> str:
    """Return the text of a CSV file in UTF-8 (with or without mark), UTF-16 or Windows-1252.

    :raises Refused: ``excel``, ``empty`` or ``encoding``
    """
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused("excel")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if not text.strip():
            raise Refused("empty")
        return text
    raise Refused("encoding")


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield ``(line, cells)`` of every row that says something; lines count from 1 as editors do.

    The delimiter is the one of ``;``, ``,`` and tab that stands most often in the first line.

    :raises Refused: ``quotes``, with the line where the trouble starts
    """
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused("quotes", line=first) from error
        if any(cell.strip() for cell in cells):
            yield first, [read_back(cell.strip()) for cell in cells]
        first = reader.line_num + 1


def number(text: str, mark: str, places: int) -> Decimal:
    """Return the exact number of a cell that ends in no more than *places* decimals.

    :param mark: ``comma`` (1.234,50) or ``point`` (1,234.50); the other way round is refused,
        never guessed
    :raises Refused: ``number``, ``big``, ``places`` or ``negative``
    """
    decimal, group = MARKS[mark]
    plain = re.sub(r"[\s\u00a0\u202f'€]|EUR|CHF", "", text)
    whole, _mark, cents = plain.partition(decimal)
    cents = cents.strip("-\u2013")
    groups = whole.split(group)
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(part) != 3 for part in groups[1:])):
        raise Refused("number", text)
    plain = "".join(groups) + (f".{cents}" if cents else "")
    if not PLAIN.fullmatch(plain):
        raise Refused("number", text)
    value = Decimal(plain)
    if value < 0:
        raise Refused("negative", text)
    if value >= numbers.LIMIT:
        raise Refused("big", text)
    if not numbers.fits(value, places):
        raise Refused("places", text)
    return value


def day(text: str) -> date:
    """Return the day of ``31.12.2026`` or ``2026-12-31``; years have four digits.

    :raises Refused: ``day``
    """
    if match := GERMAN_DAY.fullmatch(text):
        parts = match.group(3, 2, 1)
    elif match := ISO_DAY.fullmatch(text):
        parts = match.groups()
    else:
        raise Refused("day", text)
    try:
        return date(*map(int, parts))
    except ValueError as error:
        raise Refused("day", text) from error


def serial(text: str) -> str:
    """Return a chip's serial number as readers report it: upper-case hex, nothing between.

    :raises Refused: ``uid``, or ``random_uid`` for a chip that has no lasting number
    """
    plain = re.sub(r"[\s:.\-]", "", text).upper().removeprefix("0X")
    if not re.fullmatch(r"[0-9A-F]+", plain) or len(plain) not in [2 * size for size in UID_BYTES]:
        raise Refused("uid", text)
    if len(plain) == 8 and plain.startswith(RANDOM_UID):
        raise Refused("random_uid", text)
    return plain


def words(text: str) -> frozenset[str]:
    """Return the words of a name, so that "Meier, Erika" is "erika meier"."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def harmless(cell: object) -> str:
    """Return *cell* so that a spreadsheet shows it as text and calculates nothing from it.

    Numbers stay as they are, also negative ones. Other text that begins as a formula does gets an
    apostrophe before it, which :func:`read_back` takes off again.
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def read_back(cell: str) -> str:
    """Return what *cell* said before :func:`harmless`."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA) and not SIGNED.fullmatch(text)


def identity(*parts: object) -> str:
    """Return the key of an opening entry: the same parts, the same key; no name can be read."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return "opening:" + hashlib.sha256(text.encode()).hexdigest()[:40]
