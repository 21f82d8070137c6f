"""Records the tapes anew: ``python -m tests.contract.record``, on Odoos of their own.

Look at what it changed before it is committed; ``test_tapes.py`` looks for secrets.
"""

import os
import subprocess
import sys

from dev import stack
from dev.paths import ROOT, VENV
from tests.kit.foreign_erp import ForeignErp

CUSTOMER = "K-0001"


def documents(shop: ForeignErp, customer: int) -> None:
    """Make what the tests expect: 100.00, its credit note of 40.00, 30.00 in draft, 20.00 paid."""
    shop.touch("res.partner", [customer], ref=CUSTOMER)
    pieces = [("PS", 10, "out_invoice"), ("PS", 4, "out_refund"), ("PS", 3, "out_invoice")]
    for code, count, kind in pieces:
        move = shop.draft(CUSTOMER, (code, 10.0), kind=kind)
        shop.touch(
            "account.move", [move], invoice_line_ids=[[1, shop.lines(move)[0], {"quantity": count}]]
        )
        shop.call("account.move", "action_post", [move])
    shop.call("account.move", "button_draft", [move])
    shop.counter_sale(CUSTOMER, "PS", 10.0, pieces=2)


def record(version: str, *login: str) -> None:
    """Run the contract tests against a live ERP."""
    env = {**os.environ, f"CARD_RECORD_{version}": ",".join(login)}
    argv = [
        VENV / "bin/python",
        "-m",
        "pytest",
        "-q",
        "tests/contract",
        "--deselect=tests/contract/test_tapes.py",
    ]
    subprocess.run(argv, cwd=ROOT, env=env, check=True)


def main() -> None:
    """Record both."""
    with stack.test_stack() as parts:
        with parts.odoo() as odoo:
            shop = ForeignErp(odoo.url, odoo.database)
            worker = shop.one("res.users", ("login", "=", "worker"))
            shop.touch("res.users", [worker], password="for-tapes-only", lang="en_US")
            documents(shop, shop.one("res.partner", ("name", "=", "Erika Meier")))
            shop.create("customer.card.sync.source", name="nord")
            key = (odoo.keys / "worker.key").read_text().strip()
            record("19", odoo.url, odoo.database, "worker", key, "for-tapes-only")
        with parts.odoo14() as odoo14:
            shop = ForeignErp(odoo14.url, odoo14.database)
            documents(shop, shop.customer(CUSTOMER))
            sync = shop.one("res.users", ("login", "=", "sync"))
            shop.touch("res.users", [sync], password="for-tapes-only")
            record("14", odoo14.url, odoo14.database, "sync", "no-key", "for-tapes-only")


if __name__ == "__main__":
    sys.exit(main())
