"""A database of an earlier version is brought to this one: nothing is lost, all laws hold."""

import json
import subprocess
import uuid

import pytest

from dev import odoo, templates
from dev.paths import ROOT

SCRIPTS = ROOT / "tests" / "upgrade"
# Earlier versions by the commit that had them, with the script that fills a shop of that time.
VERSIONS = {"2bc2f6de3a86663c7cc4dc862ff04f14352f9181": "fill.py"}
# What was part of customer_card then.
PARTS = (
    "customer_card_bill",
    "customer_card_office",
    "customer_card_order",
    "customer_card_portal",
    "customer_card_privacy",
    "customer_card_report",
    "customer_card_starter",
    "customer_card_sync",
    "customer_card_takeover",
)


def earlier(commit, folder):
    """Unpack the addon and the demo data as they were, and return the folder of the modules."""
    argv = ["git", "archive", commit, "odoo_addon", "dev/demo_data.py"]
    packed = subprocess.run(argv, cwd=ROOT, capture_output=True)
    assert not packed.returncode, (
        f"This clone has no history: git fetch --unshallow. {packed.stderr.decode()}"
    )
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return folder / "odoo_addon"


class Shop:
    """A database in which an earlier version worked."""

    def __init__(self, cluster, folder, commit, script):
        self.cluster, self.folder = cluster, folder
        self.database = f"upgrade_{uuid.uuid4().hex[:8]}"
        old = earlier(commit, folder)
        odoo.copy_database(cluster, templates.base(cluster), self.database)
        self.modules = sorted(path.parent.name for path in old.glob("*/__manifest__.py"))
        odoo.install("Before", cluster, self.database, "-i", ",".join(self.modules), ours=old)
        self.shell((folder / "dev/demo_data.py").read_text(), ours=old)
        self.shell((SCRIPTS / script).read_text(), ours=old)
        self.before = self.state(ours=old)

    def shell(self, script, **where):
        folders = {
            "CUSTOMER_CARD_DEMO_DIR": str(self.folder),
            "UPGRADE_STATE": str(self.folder / "state.json"),
        }
        odoo.shell("A script", self.cluster, self.database, script, **where, **folders)

    def state(self, **where):
        self.shell((SCRIPTS / "state.py").read_text(), **where)
        return json.loads((self.folder / "state.json").read_text())

    def upgrade(self):
        """Upgrade what the shop had: what else it needs comes by itself."""
        modules = ",".join(self.modules)
        odoo.install("The upgrade", self.cluster, self.database, "-u", modules)

    def installed(self):
        names = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        return set(self.cluster.sql(names, self.database).split())


@pytest.mark.parametrize(("commit", "script"), VERSIONS.items())
def test_an_upgrade_keeps_every_row_and_every_law(real_parts, tmp_path, commit, script):
    """Balances, entries, holds, codes, tills and what waits are the same after ``-u``, twice."""
    real_parts.start(real_parts.postgres)
    shop = Shop(real_parts.postgres, tmp_path, commit, script)
    try:
        assert shop.before["audit"] == []
        assert sum(bool(opened) for opened, _refusal in shop.before["codes"].values()) >= 2
        for _again in range(2):
            shop.upgrade()
            assert set(shop.installed()) >= set(PARTS)
            after = shop.state()
            assert after["audit"] == []
            for table, rows in shop.before["rows"].items():
                assert after["rows"][table] == rows, table
            assert after["codes"] == shop.before["codes"]
            assert after["subject"] == shop.before["subject"]
    finally:
        odoo.drop_database(shop.cluster, shop.database)
