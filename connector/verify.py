"""``customer-card verify``: prove an exported ledger without Odoo.

Each entry carries a hash over itself and the entry before it in its account, so nothing can be
altered, removed, inserted or put elsewhere without breaking the chain. A chain that was forged as a
whole, or cut off at its end, is found by comparing with an older export that was kept outside
(``since``). Both files are read line by line: memory does not grow with them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any

# What is hashed, in this order. The addon's loyalty_card_chain.py has the same list.
TEXTS = (
    *("id", "card_id", "sequence", "date", "reason", "delta", "balance", "paid_delta"),
    *("bonus_delta", "quantity", "remaining", "unlimited", "overdrawn", "allowance_id"),
    *("product_id", "user_id", "till_id", "customer_card_id", "company_id", "reversal_of_id"),
    *("purpose", "origin_model", "origin_id", "key"),
)
SHOWN = 20
AFTER_ALL = 1 << 62  # where an account's closing line stands among its entries


class Unreadable(Exception):
    """The file is no export of a ledger, or the two files cannot be compared."""


@dataclass
class Findings:
    """What is wrong, as sentences with line numbers (the first ones), and how much was read."""

    sentences: list[str]
    count: int = 0
    entries: int = 0
    accounts: int = 0

    def add(self, line: int, text: str) -> None:
        """Note one deviation at *line*."""
        self.count += 1
        if self.count <= SHOWN:
            self.sentences.append(f"line {line}: {text}")


def verify(path: Path, since: Path | None = None) -> Findings:
    """Check chain, numbering, balances and sums of an export, and that nothing before was changed.

    :param since: an older export of the same companies
    :raises Unreadable: a file cannot be read as an export
    """
    findings = Findings([])
    rows = _Rows(path, findings)
    older = _Rows(since, None) if since else None
    if older and older.companies != rows.companies:
        raise Unreadable(
            f"{since} has companies {older.companies}, {path} has {rows.companies}: export the same"
            " companies to compare them."
        )
    before = _entries(older) if older else iter(())
    wanted = next(before, None)
    account = None
    for line, row in rows:
        if "account" in row:
            _close(account, line, row, findings)
            account = None
            continue
        place = _place(line, row)
        while wanted and wanted[0] < place:
            findings.add(line, f"before it, {_named(wanted[0])} of the older export is missing.")
            wanted = next(before, None)
        if wanted and wanted[0] == place:
            if wanted[1] != row.get("hash"):
                findings.add(line, f"{_named(place)} differs from the older export.")
            wanted = next(before, None)
        account = _follow(account, line, place, row, findings)
    if account:
        findings.add(rows.line, f"account {account.card} has no closing line.")
    while wanted:
        findings.add(rows.line, f"{_named(wanted[0])} of the older export is missing.")
        wanted = next(before, None)
    return findings


@dataclass
class _Account:
    card: int
    sequence: int = 0
    hash: str = ""
    balance: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)


def _follow(
    account: _Account | None,
    line: int,
    place: tuple[int, int],
    row: dict[str, Any],
    findings: Findings,
) -> _Account:
    """Check one entry against the one before it and return where the account stands now."""
    card, sequence = place
    findings.entries += 1
    if account and account.card != card:
        findings.add(line, f"account {account.card} has no closing line.")
        account = None
    account = account or _Account(card)
    if sequence != account.sequence + 1:
        findings.add(
            line,
            f"account {card}: entry {sequence} follows entry {account.sequence}:"
            " one is missing or stands elsewhere.",
        )
    text = "|".join((account.hash, "v1", *(str(row.get(name, "")) for name in TEXTS)))
    due = sha256(text.encode()).hexdigest()
    if due != row.get("hash"):
        findings.add(line, f"{_named(place)} was altered, or an entry before it is missing.")
    balance = account.balance + _number(line, row, "delta")
    stated = _number(line, row, "balance")
    if balance != stated:
        findings.add(line, f"{_named(place)} says balance {stated}, its entries say {balance}.")
    paid = account.paid + _number(line, row, "paid_delta")
    return _Account(card, sequence, str(row.get("hash", "")), stated, paid)


def _close(account: _Account | None, line: int, row: dict[str, Any], findings: Findings) -> None:
    """Check an account's closing line against its entries."""
    findings.accounts += 1
    card = str(row["account"])
    if not account or str(account.card) != card:
        findings.add(line, f"account {card}: the entries before this line are of another account.")
        return
    if row.get("entries") != account.sequence:
        findings.add(
            line,
            f"account {card} has {account.sequence} entries, and should have {row.get('entries')}.",
        )
    for name, stated in (("points", account.balance), ("paid", account.paid)):
        found = _number(line, row, name)
        if found != stated:
            findings.add(line, f"account {card} has {name} {found}, its entries say {stated}.")


def _entries(rows: "_Rows") -> Iterator[tuple[tuple[int, int], str]]:
    for line, row in rows:
        if "account" not in row:
            yield _place(line, row), str(row.get("hash"))


def _place(line: int, row: dict[str, Any]) -> tuple[int, int]:
    try:
        return int(row["card_id"]), int(row["sequence"])
    except (KeyError, TypeError, ValueError):
        raise Unreadable(f"line {line}: this is no entry of a ledger.") from None


def _named(place: tuple[int, int]) -> str:
    return f"account {place[0]}, entry {place[1]}"


def _number(line: int, row: dict[str, Any], name: str) -> Decimal:
    text = row.get(name, "")
    try:
        number = Decimal(text or 0) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Unreadable(f"line {line}: {name} is no number.")
    return number


class _Rows:
    """The lines of an export between its header and its end, both of which are checked.

    Accounts and their entries must come in rising order; whatever does not is a finding.
    """

    def __init__(self, path: Path, findings: Findings | None):
        self._path, self._findings = path, findings
        self.line = 0
        self._last = (0, 0)
        self._lines = self._read()
        try:
            head = next(self._lines)[1]
        except StopIteration:
            raise Unreadable(f"{path} is empty.") from None
        if head.get("ledger") != "v1":
            raise Unreadable(f"{path} is no export of a ledger that this version reads.")
        self.companies = head.get("companies")

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for line, row in self._lines:
            if "account" in row:
                place = _place(line, {"card_id": row["account"], "sequence": AFTER_ALL})
            else:
                place = _place(line, row)
            if place <= self._last:
                self._found(line, "it stands twice, or not in its order.")
            self._last = max(self._last, place)
            yield line, row

    def _found(self, line: int, text: str) -> None:
        if self._findings is None:
            raise Unreadable(f"{self._path}, line {line}: {text}")
        self._findings.add(line, text)

    def _read(self) -> Iterator[tuple[int, dict[str, Any]]]:
        digest, end = sha256(), None
        try:
            with self._path.open("rb") as file:
                for self.line, raw in enumerate(file, 1):
                    if end is not None:
                        self._found(self.line, "it stands after the end.")
                    row = json.loads(raw)
                    if not isinstance(row, dict):
                        raise Unreadable(f"{self._path}, line {self.line}: this is no entry.")
                    if "end" in row:
                        end = row
                        self._check_end(end, digest.hexdigest())
                        continue
                    digest.update(raw)
                    yield self.line, row
        except OSError as error:
            raise Unreadable(f"{self._path} cannot be read: {error.strerror}.") from error
        except (ValueError, RecursionError):
            raise Unreadable(
                f"{self._path}, line {self.line}: this cannot be read. Export the ledger again."
            ) from None
        if end is None:
            self._found(self.line, "the file was cut off here: its last line is missing.")

    def _check_end(self, end: dict[str, Any], digest: str) -> None:
        if end["end"] != self.line - 1:
            self._found(self.line, f"{self.line - 1} lines stand here, {end['end']} were exported.")
        elif end.get("sha256") != digest:
            self._found(self.line, "the lines above are not those that were exported.")
