"""A program for many customers, and the process that gives it is killed (EX-15)."""

import json
import os
import signal
import subprocess

from dev import odoo as odoo_program

# As many as fit into a minute; killed at about the part of them that 5,900 are of 10,000.
CUSTOMERS = 1000
KILLED_AFTER = 6
SETUP = f"""
import os
goods = env["product.product"].create({{"name": "Mass goods", "type": "consu"}})
program = env["loyalty.program"].create(
    {{
        "name": "Mass",
        "kind": "bonus_item",
        "insert_action": "decrease",
        "term_months": 12,
        "line_ids": [(0, 0, {{"product_id": goods.id, "quantity": 12}})],
    }}
)
partners = env["res.partner"].create([{{"name": f"Mass {{n}}"}} for n in range({CUSTOMERS})])
program._enrol(partners[0])
masses = env["customer.card.mass"]
mass = masses.browse(masses._ask(partners)["res_id"])
mass.write({{"action": "assign", "program_id": program.id}})
mass.action_confirm()
env.cr.commit()
open(os.environ["FILE"], "w").write(str(mass.id))
"""
RUN = """
import os
masses = type(env["customer.card.mass"])
run = masses._run_batch
def told(self):
    more = run(self)
    open(os.environ["FILE"], "a").write("batch\\n")
    if os.environ["WAIT"]:
        self.env.flush_all()
        import time
        time.sleep(1)
    return more
masses._run_batch = told
while env["customer.card.mass"].search([("state", "=", "running")]):
    env["customer.card.mass"]._cron_run()
    env.cr.commit()
"""
STATE = """
import json, os
from collections import Counter
mass = env["customer.card.mass"].browse(int(os.environ["MASS"]))
enrolments = env["loyalty.card"].search([("program_id", "=", mass.program_id.id)])
open(os.environ["FILE"], "w").write(json.dumps({
    "mass": [mass.state, mass.done_count, mass.left_out_count],
    "lines": Counter(mass.line_ids.mapped("state")),
    "enrolments": len(enrolments),
    "most": max(Counter(enrolments.partner_id.ids).values()),
    "points": sum(enrolments.mapped("points")),
    "whys": mass.left_out_ids.mapped("reason"),
    "audit": len(env["loyalty.card"]._audit_ledger()),
}))
"""


def test_assign_goes_on(odoo, tmp_path):
    """EX-15: killed in the sixth tenth: what was kept is whole, the rest follows, nothing twice."""
    where, file = (odoo.cluster, odoo.database), tmp_path / "answer"
    odoo_program.shell("Choose", *where, SETUP, FILE=str(file))
    mass = file.read_text()

    def state():
        odoo_program.shell("Look", *where, STATE, FILE=str(file), MASS=mass)
        return json.loads(file.read_text())

    file.write_text("")
    conf = odoo_program.config(f"once-{where[1]}", where[0])
    with subprocess.Popen(
        odoo_program.command("shell", "-c", conf, "-d", where[1], "--no-http"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | odoo_program.environment() | {"FILE": str(file), "WAIT": "1"},
        cwd="/",
    ) as process:
        process.stdin.write(RUN.encode())
        process.stdin.close()
        while file.read_text().count("batch") < KILLED_AFTER:
            assert process.poll() is None, "it ended before it could be killed"
        process.send_signal(signal.SIGKILL)
    kept = state()
    done = kept["mass"][1]
    assert kept["mass"] == ["running", done, 1]
    assert 0 < done < CUSTOMERS - 1
    # The one that is left out had it before.
    assert (kept["enrolments"], kept["points"]) == (done + 1, (done + 1) * 12)
    assert kept["lines"] == {"done": done, "left_out": 1, "todo": CUSTOMERS - done - 1}
    odoo_program.shell("Go on", *where, RUN, FILE=str(file), WAIT="")
    assert state() == {
        "mass": ["done", CUSTOMERS - 1, 1],
        "lines": {"done": CUSTOMERS - 1, "left_out": 1},
        "enrolments": CUSTOMERS,
        "most": 1,
        "points": CUSTOMERS * 12,
        "whys": ["The customer has it already."],
        "audit": 0,
    }
