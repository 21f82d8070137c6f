"""``customer-card verify``: an export is proved without Odoo."""

import json
import re
import tracemalloc
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from connector.cli import main
from connector.verify import TEXTS, Unreadable, verify

ADDON = Path(__file__).parents[3] / "odoo_addon/customer_card/lib/chain.py"


def ledger(accounts=3, entries=4, company=1):
    """Return the rows of an export: header, entries and closing lines."""
    rows = [{"ledger": "v1", "made_at": "2026-01-01T00:00:00", "companies": [company]}]
    for card in range(1, accounts + 1):
        balance, before = Decimal(0), ""
        for sequence in range(1, entries + 1):
            delta = Decimal(10 * card + sequence)
            balance += delta
            row = dict.fromkeys(TEXTS, "") | {
                "id": str(card * 1000 + sequence),
                "card_id": str(card),
                "sequence": str(sequence),
                "date": "2026-01-01T10:00:00",
                "delta": f"{delta:.6f}",
                "balance": f"{balance:.6f}",
                "key": f"key|{card}:{sequence}",
            }
            before = sealed(row, before)
            rows.append(row)
        rows.append(
            {"account": str(card), "points": f"{balance:.6f}", "paid": "0.000000"}
            | {"entries": entries}
        )
    return rows


def sealed(row, before):
    row["hash"] = sha256("|".join((before, "v1", *(row[name] for name in TEXTS))).encode())
    row["hash"] = row["hash"].hexdigest()
    return row["hash"]


def written(path, rows, end=True):
    """Write the rows as an export does; the end fits them, as a forger would make it fit."""
    lines = [json.dumps(row) + "\n" for row in rows]
    if end:
        digest = sha256("".join(lines).encode()).hexdigest()
        lines.append(json.dumps({"end": len(lines), "sha256": digest}) + "\n")
    path.write_text("".join(lines))
    return path


@pytest.fixture
def file(tmp_path):
    return lambda rows, name="ledger.jsonl", **how: written(tmp_path / name, rows, **how)


def test_the_addon_hashes_the_same_texts_in_the_same_order():
    source = ADDON.read_text()
    block = source[source.index("TEXTS = {") : source.index("FUNCTIONS")]
    names = [name for name in re.findall(r'"([a-z_]+)"', block) if name in TEXTS]
    assert tuple(names) == TEXTS


def test_a_whole_ledger(file, capsys):
    assert main(["verify", str(file(ledger()))]) == 0
    assert "12 entries of 3 accounts are whole" in capsys.readouterr().out


@pytest.mark.parametrize("name", TEXTS)
def test_every_altered_text_is_found(file, name):
    rows = ledger()
    rows[3][name] = "7" if rows[3][name] != "7" else "8"
    assert verify(file(rows)).count


def alter(rows, at, **values):
    rows[at].update(values)


def reseal(rows, at):
    """Make the chain fit again from this entry to the end of its account."""
    before = rows[at - 1].get("hash", "")
    while "hash" in rows[at]:
        before = sealed(rows[at], before)
        at += 1


def swap(rows, one, other):
    rows[one], rows[other] = rows[other], rows[one]


TAMPERED = {
    "an entry is taken out": lambda rows: rows.pop(3),
    "the first entry is taken out": lambda rows: rows.pop(1),
    "the last entry of an account is taken out": lambda rows: rows.pop(4),
    "a whole account but its closing line": lambda rows: rows.__delitem__(slice(6, 10)),
    "two entries are swapped": lambda rows: swap(rows, 2, 3),
    "two entries change their numbers": lambda rows: (
        alter(rows, 2, sequence="3"), alter(rows, 3, sequence="2"), swap(rows, 2, 3)),
    "entries of two accounts are swapped": lambda rows: swap(rows, 2, 7),
    "an entry stands twice": lambda rows: rows.insert(3, dict(rows[3])),
    "an entry is put in": lambda rows: rows.insert(4, dict(rows[3], sequence="4", id="99")),
    "an entry goes to another account": lambda rows: alter(rows, 4, card_id="2"),
    "delta and balance": lambda rows: alter(rows, 4, delta="1.000000", balance="24.000000"),
    "resealed, but the balance does not fit": lambda rows: (
        alter(rows, 3, delta="1.000000"), reseal(rows, 3)),
    "resealed, but a number is left out": lambda rows: (
        rows.pop(3), reseal(rows, 3)),
    "the account has another balance": lambda rows: alter(rows, 5, points="1.000000"),
    "the account has another number of entries": lambda rows: alter(rows, 5, entries=5),
    "the account has other paid money": lambda rows: alter(rows, 5, paid="1.000000"),
    "no closing line": lambda rows: rows.pop(5),
    "the accounts change places": lambda rows: rows.__setitem__(
        slice(1, 11), rows[6:11] + rows[1:6]),
    "an empty hash": lambda rows: alter(rows, 3, hash=""),
    "no hash": lambda rows: rows[3].pop("hash"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_found_although_the_end_fits(file, what, capsys):
    rows = ledger()
    TAMPERED[what](rows)
    path = file(rows)
    assert main(["verify", str(path)]) == 1
    assert re.search(r"line \d+: ", capsys.readouterr().out)


def test_the_line_is_named(file):
    rows = ledger()
    alter(rows, 7, user_id="5")
    assert verify(file(rows)).sentences == [
        "line 8: account 2, entry 2 was altered, or an entry before it is missing."
    ]


def test_a_file_that_was_cut_off(file, capsys):
    whole = ledger()
    assert main(["verify", str(file(whole, end=False))]) == 1
    assert "cut off" in capsys.readouterr().out
    path = file(whole)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:6] + lines[11:]))
    assert main(["verify", str(path)]) == 1
    path.write_text("".join(lines) + lines[3])
    assert main(["verify", str(path)]) == 1


class TestSince:
    """An older export that was kept outside proves that nothing before was rewritten."""

    def test_the_ledger_went_on(self, file):
        older = file(ledger(accounts=2, entries=3), "older.jsonl")
        assert main(["verify", str(file(ledger())), "--since", str(older)]) == 0
        assert main(["verify", str(older), "--since", str(older)]) == 0

    def test_a_history_that_was_forged_as_a_whole(self, file, capsys):
        older = file(ledger(), "older.jsonl")
        rows = ledger()
        alter(rows, 2, user_id="5")
        reseal(rows, 2)
        path = file(rows)
        assert main(["verify", str(path)]) == 0
        assert main(["verify", str(path), "--since", str(older)]) == 1
        assert "account 1, entry 2 differs from the older export" in capsys.readouterr().out

    @pytest.mark.parametrize(("accounts", "entries"), [(2, 4), (3, 3)])
    def test_a_history_that_was_cut_off(self, file, accounts, entries, capsys):
        older = file(ledger(), "older.jsonl")
        path = file(ledger(accounts, entries))
        assert main(["verify", str(path)]) == 0
        assert main(["verify", str(path), "--since", str(older)]) == 1
        assert "of the older export is missing" in capsys.readouterr().out

    def test_other_companies_cannot_be_compared(self, file, capsys):
        older = file(ledger(company=2), "older.jsonl")
        assert main(["verify", str(file(ledger())), "--since", str(older)]) == 2
        assert "export the same companies" in capsys.readouterr().err

    def test_an_older_file_that_is_broken_proves_nothing(self, file):
        older = file(ledger(), "older.jsonl", end=False)
        assert main(["verify", str(file(ledger())), "--since", str(older)]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "no json\n",
        "[]\n",
        "7\n",
        '{"ledger": "v9"}\n',
        '{"ledger": "v1", "companies": [1]}\n[1]\n',
        '{"ledger": "v1", "companies": [1]}\n{"card_id": "x"}\n',
        '{"ledger": "v1", "companies": [1]}\n{"account": null}\n',
        '{"ledger": "v1", "companies": [1]}\n{"card_id": 1, "sequence": 1, "delta": "NaN"}\n',
        '{"ledger": "v1", "companies": [1]}\n{"card_id": 1, "sequence": 1, "delta": []}\n',
        "[" * 100_000,
        "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_what_is_no_export(tmp_path, text, capsys):
    path = tmp_path / "file"
    path.write_text(text, encoding="latin-1")
    assert main(["verify", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Unreadable, match="cannot be read"):
        verify(tmp_path / "nowhere")
    assert main(["verify", str(tmp_path)]) == 2


def test_memory_does_not_grow_with_the_file(file):
    def peak(accounts):
        path = file(ledger(accounts, 100), f"{accounts}")
        tracemalloc.start()
        assert not verify(path, path).count
        _now, high = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return high

    assert peak(60) < 1.5 * peak(6)
