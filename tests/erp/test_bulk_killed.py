"""All cards of a type at once, and the process that does it is killed (TM-07 to TM-09, #14)."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from dev import odoo as odoo_program

CARDS = 60
BATCH = 10
SETUP = f"""
import json, os
kind = env["customer.card.type"].create(
    {{"name": "Bulk", "collects_points": True, "welcome_points": 7, "forfeit_on_block": True}}
)
partners = env["res.partner"].create([{{"name": f"Bulk {{n}}"}} for n in range({CARDS})])
env["customer.card"].create(
    [{{"partner_id": one.id, "card_type_id": kind.id}} for one in partners]
)
env.cr.commit()
open(os.environ["FILE"], "w").write(json.dumps(kind.id))
"""
BULK = f"""
import json, os, time
from odoo.addons.customer_card_points.models import customer_card_bulk as module
module.BATCH, module.AT_ONCE = {BATCH}, 1
bulks = env["customer.card.bulk"]
kind = env["customer.card.type"].browse(int(os.environ["KIND"]))
if not bulks.search([("state", "=", "running")]):
    if os.environ["ACTION"] == "renew_expired":
        cards = env["customer.card"].search([("card_type_id", "=", kind.id)])
        cards.write({{"state": "active", "valid_until": "2020-01-01"}})
    action = getattr(kind, f"action_{{os.environ['ACTION']}}")()
    bulks.browse(action["res_id"]).action_confirm()
    env.cr.commit()
run = type(bulks)._run_batch
def slowly(self):
    more = run(self)
    open(os.environ["FILE"], "a").write("batch\\n")
    time.sleep(float(os.environ["SLEEP"]))
    return more
type(bulks)._run_batch = slowly
bulks._cron_run()
env.cr.commit()
"""
STATE = """
import json, os
from collections import Counter
kind = env["customer.card.type"].browse(int(os.environ["KIND"]))
cards = env["customer.card"].search([("card_type_id", "=", kind.id)])
bulk = env["customer.card.bulk"].search([("card_type_id", "=", kind.id)], limit=1)
entries = cards.enrolment_ids.entry_ids.filtered(lambda one: one.reason == "forfeit")
open(os.environ["FILE"], "w").write(json.dumps({
    "bulk": [bulk.state, bulk.done_count],
    "blocked": len(cards.filtered(lambda card: card.state == "blocked")),
    "expired": len(cards.filtered("expired")),
    "frozen": len(cards.enrolment_ids.filtered("blocked")),
    "forfeited": len(entries),
    "most": max(Counter(entries.card_id.ids).values(), default=0),
    "points": sum(cards.enrolment_ids.mapped("points")),
    "audit": len(env["loyalty.card"]._audit_ledger()),
}))
"""


class Bulk:
    """Scripts in processes of their own, as Odoo's cron runs them."""

    def __init__(self, odoo, folder: Path):
        self.where, self.file = (odoo.cluster, odoo.database), folder / "answer"
        self.kind = self.answer(SETUP)

    def answer(self, script, **env):
        odoo_program.shell("A script", *self.where, script, FILE=str(self.file), **env)
        return json.loads(self.file.read_text())

    def state(self):
        return self.answer(STATE, KIND=str(self.kind))

    def environment(self, action, sleep):
        env = {"FILE": str(self.file), "KIND": str(self.kind), "ACTION": action}
        return {**env, "SLEEP": str(sleep)}

    def kill_in_the_third_batch(self, action):
        """Let the job run until two batches are kept, and kill it as a power cut would."""
        self.file.write_text("")
        conf = odoo_program.config(f"once-{self.where[1]}", self.where[0])
        argv = odoo_program.command("shell", "-c", conf, "-d", self.where[1], "--no-http")
        env = os.environ | odoo_program.environment() | self.environment(action, 1)
        with subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            cwd="/",
        ) as process:
            process.stdin.write(BULK.encode())
            process.stdin.close()
            while self.file.read_text().count("batch") < 3:
                assert process.poll() is None, "it ended before it could be killed"
            process.send_signal(signal.SIGKILL)

    def go_on(self, action):
        odoo_program.shell("It goes on", *self.where, BULK, **self.environment(action, 0))


@pytest.fixture(scope="module")
def bulk(odoo, tmp_path_factory):
    return Bulk(odoo, tmp_path_factory.mktemp("bulk"))


def test_deactivate_all_goes_on(bulk):
    """TM-07 TM-27: what was kept is kept whole; the rest follows; each forfeits once."""
    bulk.kill_in_the_third_batch("deactivate_all")
    state = bulk.state()
    done = state["blocked"]
    assert 0 < done < CARDS
    assert state["bulk"] == ["running", done]
    assert (state["frozen"], state["forfeited"], state["points"]) == (
        done,
        done,
        (CARDS - done) * 7,
    )
    assert state["audit"] == 0
    bulk.go_on("deactivate_all")
    state = bulk.state()
    assert state["bulk"] == ["done", CARDS]
    assert (state["blocked"], state["frozen"], state["forfeited"]) == (CARDS, CARDS, CARDS)
    assert (state["most"], state["points"], state["audit"]) == (1, 0, 0)


def test_renew_goes_on(bulk):
    """TM-09: the same of expired cards: each is renewed, none is left."""
    bulk.kill_in_the_third_batch("renew_expired")
    state = bulk.state()
    assert 0 < state["expired"] < CARDS
    assert state["bulk"] == ["running", CARDS - state["expired"]]
    bulk.go_on("renew_expired")
    state = bulk.state()
    assert (state["bulk"], state["expired"], state["blocked"]) == (["done", CARDS], 0, 0)
