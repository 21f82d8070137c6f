"""Every door of the addon, tried by everybody: docs/rpc.md says who may."""

import contextlib
import json

import pytest

from dev import odoo as odoo_program
from tests.kit import doors
from tests.kit.doors_words import SERVERS, argument, birth, row, wish

SHOP = (doors.ROOT / "tests" / "kit" / "doors_shop.py").read_text()
# Odoo's own doors to rows: what may be written through them is asked by the tests in the addon.
ROWS = {"create", "write", "unlink", "copy_data", "default_get", "web_read", "session_info"}
SIDES = ("own", "foreign", "garbage")


@pytest.fixture(scope="module")
def shop(odoo, tmp_path_factory):
    file = tmp_path_factory.mktemp("doors") / "doors.json"
    where = (odoo.cluster, odoo.database)
    odoo_program.shell("Doors and who tries them", *where, SHOP, DOORS_FILE=str(file))
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def digest(odoo, shop):
    with contextlib.closing(doors.Digest(odoo.cluster.host, odoo.database)) as fingerprint:
        fingerprint.of_company(shop["companies"]["foreign"])
        yield fingerprint


def test_every_public_method_is_listed(shop):
    """What can be called stands in docs/rpc.md, and what stands there can be called."""
    known = doors.table()
    there = {(one["model"], one["method"]) for one in shop["methods"]}
    assert sorted(there - known.keys()) == [], "list them in docs/rpc.md, or close them"
    assert sorted(known.keys() - there) == [], "docs/rpc.md lists what is gone"


def knock(caller, shop, door, side):
    """Call the door with arguments of this side; return ``(error, sentence)``."""
    model, method = door["model"], door["method"]
    args = []
    if door["transient"]:
        error, sentence, made = caller.call(model, "create", [[wish(shop, side, model)]], {})
        if error or method == "create":
            return error, sentence
        args.append(made)
    elif door["on_records"]:
        args.append([row(shop, side, model)])
    args += [argument(shop, side, name) for name in door["needed"]]
    error, sentence, _result = caller.call(model, method, args, {})
    return error, sentence


@pytest.mark.parametrize("role", doors.ROLES)
def test_a_door_opens_for_whom_it_is(odoo, shop, digest, role):
    """What the table does not allow changes nothing, nor does anything in another company."""
    known, has = doors.table(), doors.ROLES[role]
    caller = doors.Caller(odoo.url, odoo.database, role != "nobody" and f"door_{role}")
    wrong = []
    for door in shop["methods"]:
        name = f"{door['model']}.{door['method']}"
        entry = known.get((door["model"], door["method"]))
        if door["abstract"] or not entry or door["method"] in ROWS - {"create"}:
            continue
        if door["method"] == "create" and not door["transient"]:
            continue
        allowed = bool(entry.who & has) or ("user" in entry.who and role != "nobody")
        fingerprint = digest.foreign if allowed else digest.whole
        for side in SIDES:
            before = fingerprint()
            error, sentence = knock(caller, shop, door, side)
            if error and side != "garbage" and not doors.CLEAN.match(error):
                wrong.append(f"{name} ({side}) breaks: {error}: {str(sentence)[:120]}")
            if changed := doors.moved(before, fingerprint()):
                wrong.append(f"{name} ({side}) changed {', '.join(changed)}")
            if not error and not allowed and side != "garbage" and "native" not in entry.who:
                wrong.append(f"{name} ({side}) was let in")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(
    "role", ["seller", "cashier", "officer", "manager", "pos_manager", "worker"]
)
def test_no_role_writes_what_only_buttons_change(odoo, shop, digest, role):
    """F2, F3, F9: by write, by a screen's save, by an import, by a row of one's own."""
    caller = doors.Caller(odoo.url, odoo.database, f"door_{role}")
    wrong = []
    before = digest.whole()
    for model, values in SERVERS:
        ids = [row(shop, "own", model)]
        names, cells = list(values), [str(value) for value in values.values()]
        for method, args in (
            ("write", [ids, values]),
            ("web_save", [ids, values, {"id": {}}]),
            ("load", [[".id", *names], [[str(ids[0]), *cells]]]),
            ("create", [[{**birth(shop, model), **values}]]),
        ):
            # Officers make employees, and managers empty cards of Odoo's own programs: what becomes
            # of these, the addon's tests ask.
            if method == "create" and (model == "hr.employee" or "program_id" in values):
                continue
            error, sentence, _result = caller.call(model, method, args, {})
            if error and not doors.CLEAN.match(error) and method != "create":
                wrong.append(f"{model}.{method} {values} breaks: {error}: {sentence[:120]}")
            if changed := doors.moved(before, after := digest.whole()):
                wrong.append(f"{model}.{method} {values} changed {', '.join(changed)}")
                before = after
    assert wrong == [], "\n".join(wrong)
