"""Other people's modules from PyPI in one database with ours. They are AGPL: in tests only."""

import shutil

from dev import odoo_tests, templates
from dev.odoo_tests import Outcome
from dev.paths import DEV, ODOO_VENV, ROOT, content_hash
from dev.postgres import Cluster
from dev.say import run

REQUIREMENTS = ROOT / "dev" / "neighbours-requirements.txt"
FOLDER = DEV / "neighbours"
ADDONS = FOLDER / "odoo" / "addons"
BESIDE = ROOT / "tests" / "neighbours"
# Of ours what orders, the till and the take-over do; of theirs what changes orders.
OURS = (
    "/customer_card_beside",
    "/customer_card:TestKinds",
    "/customer_card_pos:TestAsUsed",
    "/customer_card_pos:TestDoors",
    "/customer_card_pos:TestRedemption",
    "/customer_card_sale",
    "-/customer_card_sale:TestTwoSellers",  # commits orders; base_revision wants each number once
    "/customer_card_takeover:TestTakeOver",
)
THEIRS = (
    "/loyalty_incompatibility",
    "/sale_exception",
    "/sale_fixed_discount",
    "/sale_loyalty_auto_refresh",
    "/sale_order_general_discount",
    "/sale_order_revision",
    "/sale_tier_validation",
    "/sale_validity_auto_cancel",
)


def tests(cluster: Cluster) -> Outcome:
    """Install ours and theirs, and run tests of both."""
    _ensure()
    theirs = sorted(manifest.parent.name for manifest in ADDONS.glob("*/__manifest__.py"))
    modules = [*templates.our_modules(), *theirs, "customer_card_beside"]
    return odoo_tests.run_tests(
        "Tests beside other people's modules",
        cluster,
        templates.base(cluster),
        ",".join((*OURS, *THEIRS)),
        ["-i", ",".join(modules)],
        more=(ADDONS, BESIDE),
    )


def _ensure() -> None:
    stamp, wanted = FOLDER / "complete", content_hash(REQUIREMENTS)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    # Without what they depend on: each names Odoo, which PyPI does not have.
    pip = [ODOO_VENV / "bin" / "python", "-m", "pip", "install", "-q", "--no-deps"]
    argv = [*pip, "--target", FOLDER, "-r", REQUIREMENTS]
    run("Installing other people's modules", argv, log="pip-neighbours", cwd=ROOT)
    stamp.write_text(wanted)
