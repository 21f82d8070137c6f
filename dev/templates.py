"""Template databases: what takes long is done once, then copied in a second.

base: Odoo's own modules, made again for another Odoo. ours: our modules on top of it, made again
when they change. demo: the demo data on top, made again with its script and once a week, since
keys and cards expire.
"""

import datetime
import shutil
from pathlib import Path

from dev import odoo, odoo_home
from dev.paths import ADDONS, DEV, ROOT, content_hash, lock
from dev.postgres import Cluster
from dev.say import Trouble, say

NATIVE = (
    "sale_management,sale_stock,product_expiry,point_of_sale,loyalty,sale_loyalty,pos_loyalty,"
    "hr,pos_hr,repair,l10n_de"
)
LANGUAGES = "en_US,de_DE"  # the first becomes everybody's, and Odoo's own tests read English
DEMO_DATA = ROOT / "dev" / "demo_data.py"
DEMO_ENV = "CUSTOMER_CARD_DEMO_DIR"  # the script leaves keys and the content of the cards there
# What the first pages of a new database take seconds for is made once, in the template
WARM_UP = """
qweb = env["ir.qweb"]
for name in (
    "bus.websocket_worker_assets",
    "point_of_sale.assets_prod",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_web",
):
    qweb._get_asset_bundle(name, css=False, js=True).js()
for name in (
    "point_of_sale.assets_prod",
    "web.assets_frontend",
    "web.assets_web",
):
    qweb._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()
"""
KEPT = DEV / "templates"


def our_modules() -> list[str]:
    """Return the names of the modules in this repository, those that others need first."""
    return sorted(manifest.parent.name for manifest in ADDONS.glob("*/__manifest__.py"))


def base(cluster: Cluster) -> str:
    """Return the name of the database with Odoo's own modules."""
    # The cluster is part of the name: two clusters' databases of one name would share their files.
    # Kin do share them: one made what all have, and what is copied is never changed.
    name = f"base_{content_hash(cluster.kin, odoo_home.find().version, NATIVE, LANGUAGES)}"
    with lock("templates"):
        if name not in cluster.databases():
            new = _fresh(cluster, name)
            arguments = ["-i", NATIVE, f"--load-language={LANGUAGES}"]
            odoo.install("Installing Odoo's own modules", cluster, new, *arguments)
            finish(cluster, new, name)
    return name


def ours(cluster: Cluster) -> str:
    """Return the name of the database with our modules too."""
    below = base(cluster)
    name = f"ours_{content_hash(below, ADDONS)}"
    with lock("templates"):
        if name not in cluster.databases():
            new = _fresh(cluster, name)
            odoo.copy_database(cluster, below, new)
            install_ours(cluster, new)
            finish(cluster, new, name)
    return name


def demo(cluster: Cluster) -> tuple[str, Path]:
    """Return the database with our modules and the demo data, and the folder with its keys."""
    below = ours(cluster)
    week = f"{datetime.datetime.now(datetime.UTC):%G-%V}"
    data = [DEMO_DATA] if DEMO_DATA.exists() else []
    name = f"demo_{content_hash(below, week, *data)}"
    folder = KEPT / name
    with lock("templates"):
        if name not in cluster.databases() or not folder.is_dir():
            new = _fresh(cluster, name)
            odoo.copy_database(cluster, below, new)
            fill(cluster, new, folder)
            finish(cluster, new, name)
    return name, folder


def install_ours(cluster: Cluster, database: str) -> None:
    """Install all our modules."""
    modules = our_modules()
    if not modules:
        raise Trouble("There are no modules in odoo_addon/ yet.")
    odoo.install("Installing our modules", cluster, database, "-i", ",".join(modules))


def fill(cluster: Cluster, database: str, folder: Path) -> None:
    """Run the demo script; it may run again on the same database."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not DEMO_DATA.exists():
        say("  There is no dev/demo_data.py yet: the database stays without demo data.")
        return
    env = {DEMO_ENV: str(folder)}
    odoo.shell("Demo data", cluster, database, DEMO_DATA.read_text(), **env)
    odoo.shell("Scripts and styles of the pages", cluster, database, WARM_UP)


def _fresh(cluster: Cluster, name: str) -> str:
    """Drop outdated templates of this kind; return the name under which the new one is made.

    The latest stays: another run may be about to copy it, and one often goes back by one change.
    """
    kind = name.partition("_")[0]
    made = cluster.sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{kind}_' ORDER BY oid")
    finished = [old for old in made.split() if not old.endswith("_new")]
    for old in set(made.split()) - set(finished[-1:]):
        odoo.drop_database(cluster, old)
        shutil.rmtree(KEPT / old, ignore_errors=True)
    new = f"{name}_new"
    cluster.create(new)
    odoo.drop_files(new)
    return new


def finish(cluster: Cluster, new: str, name: str) -> None:
    """Give a finished database its name: an interrupted one never gets it."""
    cluster.rename(new, name)
    files = odoo.DATA / "filestore"
    odoo.drop_files(name)
    if (files / new).is_dir():
        (files / new).rename(files / name)
