"""The demo: the whole chain with German data, kept until `make clean`."""

import shutil
import subprocess
import time

from dev import cards, odoo, parts, process, state, templates
from dev.paths import ADDONS, DEV, VENV, content_hash
from dev.say import Trouble, say
from dev.stack import Stack, demo_stack

DATABASE = "customer_card_demo"
FOLDER = DEV / "demo"
SERVER, WORKER, BRIDGE = "demo-odoo", "demo-worker", "demo-bridge"

GOODBYE = """
Kundenkarten-Demo läuft.   The customer card demo is running.

  {url}
{logins}
Things to try. Pair this screen with "Theke 1" first (the card symbol at the top):

  1. make present CARD=meier    a new quotation for Erika Meier; add "Batterie 10": 10 % off
  2. make present CARD=schulz   with the POS of Theke 1 open: an order with him as the customer
  3. make present CARD=berg     the issue dialog: one of his 72 free batteries leaves the stock
  4. make scan CARD=becker      Anna Becker's card as a scanner reads it: five programs on one card
  5. make present CARD=verkauf  at the login page, after logging out: logged in without a password
  6. make present CARD=weber    with the POS "Theke 1 mit Anmeldung" open: he is the cashier
  7. make present CARD=lange    with the POS of Theke 1 open: her home buys on account
  8. make present CARD=vogel    with the POS of Theke 1 open: 1500 points; at Pay it asks to redeem
  9. make present CARD=blank    after "Write card" on a customer's card: it is written

  make remove takes the card out, make logs shows what happens, make stop ends it all,
  make demo-reset forgets what was done: the next make demo begins anew.
"""
ANSWER = 4  # seconds in which a screen takes the card, or nobody does
LOGINS = "  login admin, password admin\n"


def start() -> int:
    """Start or renew the demo and say where it is."""
    stack = demo_stack()
    stack.start()
    server = odoo.Server(SERVER, stack.postgres, DATABASE, max_cron_threads=1)
    _renew_database(stack, server)
    server.start()
    for name in (WORKER, BRIDGE):  # always on the present code
        process.stop(name)
    arguments = (FOLDER, FOLDER, server.url, DATABASE)
    parts.start_worker(WORKER, *arguments, stack.redis)
    parts.start_bridge(BRIDGE, *arguments, stack.pcscd)
    logins = FOLDER / "logins.txt"
    text = logins.read_text() if logins.exists() else LOGINS
    say(GOODBYE.format(url=server.url, logins=text))
    return 0


def reset() -> int:
    """Stop the demo and forget its database, keys and cards."""
    stack = demo_stack()
    for name in (BRIDGE, WORKER, SERVER):
        process.stop(name)
    stack.start(stack.postgres)
    stack.postgres.drop(DATABASE)
    odoo.drop_files(DATABASE)
    shutil.rmtree(FOLDER, ignore_errors=True)
    say("The demo is forgotten. Begin anew: make demo")
    return 0


def _renew_database(stack: Stack, server: odoo.Server) -> None:
    """Make the database, or bring it to the present addon and data; it keeps what was done."""
    cluster = stack.postgres
    wanted = content_hash(ADDONS, *([templates.DEMO_DATA] if templates.DEMO_DATA.exists() else []))
    exists = DATABASE in cluster.databases()
    if exists and state.load().get("demo") == wanted:
        return
    server.stop()
    if exists:
        modules = ",".join(templates.our_modules())
        odoo.install("Updating our modules", cluster, DATABASE, "-i", modules, "-u", modules)
        templates.fill(cluster, DATABASE, FOLDER)
    else:
        new = f"{DATABASE}_new"
        odoo.copy_database(cluster, templates.base(cluster), new)
        templates.install_ours(cluster, new)
        templates.fill(cluster, new, FOLDER)
        templates.finish(cluster, new, DATABASE)
    state.remember(demo=wanted)


def present(card: str = "") -> int:
    """Put a card into the demo's reader."""
    box = cards.CardBox(FOLDER, FOLDER / "cards")
    if not card:
        raise Trouble(f"Which card? make present CARD=... of: {', '.join(box.names())}")
    pcscd = demo_stack().pcscd
    if not process.running(pcscd.name):
        raise Trouble("The demo does not run. Start it first: make demo")
    image = box.image(card)
    before = _lines()
    cards.insert(pcscd, image)
    say(f"The card {card} is in the reader (make remove takes it out).")
    _show_answer(before)
    return 0


def scan(card: str = "") -> int:
    """Let a scanner read a card of the demo, in place of the reader."""
    text = cards.CardBox(FOLDER, FOLDER / "cards").token(card)
    settings = ("--config", FOLDER / parts.BRIDGE_SETTINGS)
    return subprocess.run(
        [VENV / "bin/customer-card-bridge", "simulate", "--qr", text, *settings]
    ).returncode


def _lines() -> int:
    """Return how much the bridge has logged so far."""
    log = process.log_of(BRIDGE)
    return len(log.read_text().splitlines()) if log.exists() else 0


def _show_answer(before: int) -> None:
    """Show what the bridge has to say about the card within a few seconds."""
    deadline = time.monotonic() + ANSWER
    shown = before
    while time.monotonic() < deadline:
        lines = process.log_of(BRIDGE).read_text().splitlines()
        for line in lines[shown:]:
            say(f"  {line}")
        shown = len(lines)
        time.sleep(0.2)


def remove() -> int:
    """Take the card out of the demo's reader."""
    found = cards.remove(demo_stack().pcscd)
    say("The card is out." if found else "There was no card in the reader.")
    return 0
