"""The real daemon, real pcscd, real Odoo: cards are written at the till and presented."""

import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.erp import ErpSettings, connect
from reader_bridge.credential import make_token
from tests.kit.bridge_rig import Rig
from tests.kit.virtual_card import blank, load, save


@pytest.fixture(scope="module")
def office(odoo):
    return connect(ErpSettings(odoo.url, odoo.database, "admin", "demo", "web"))


@pytest.fixture
def rig(tmp_path, odoo, pcscd):
    target = {
        "url": odoo.url,
        "database": odoo.database,
        "login": "theke1",
        "secret": f"file:{odoo.keys / 'till.key'}",
    }
    with Rig(tmp_path, pcscd, target) as rig:
        yield rig


def events(office, **wanted):
    domain = [(field, "=", value) for field, value in wanted.items()]
    fields = ["key", "customer_card_id", "state", "message", "origin"]
    return office.call("customer.card.event", "search_read", domain=domain, fields=fields)


def test_a_demo_card_becomes_one_event_row_however_often_the_bridge_dies(rig, office, odoo):
    token = json.loads((odoo.keys / "cards.json").read_text())["meier"]
    before = len(events(office))
    rig.start()
    rig.insert(blank("chip", token=token))
    rig.until(lambda: len(events(office)) == before + 1, "the event is in Odoo")
    for _ in range(2):
        rig.crash()
        rig.start()
        rig.until(lambda: "card" in rig.status()["readers"].values(), "the card is seen")
    # It speaks English until the ERP has told it the shop's language again.
    told = ("schon gemeldet", "already reported")
    rig.until(lambda: any(text in rig.log for text in told), "the card is known")
    assert len(events(office)) == before + 1
    assert events(office)[0]["customer_card_id"]
    rig.until(lambda: rig.status()["till"] == "Theke 1", "the till knows its name")
    assert token not in rig.log


def test_a_card_sent_again_while_the_first_call_is_under_way_is_known_already(odoo, real_parts):
    """A bridge killed in the middle of a slow call starts again and repeats it at once."""
    key = (odoo.keys / "till.key").read_text().strip()
    settings = ErpSettings(odoo.url, odoo.database, "theke1", key)
    event = {"key": "sent twice", "kind": "token", "value": make_token(), "origin": "insert"}

    def present(_call):
        return connect(settings).call("customer.till", "card_presented", events=[event])[0]

    # Both have looked for the card and not found it before either may write.
    hold = "BEGIN; LOCK TABLE customer_card_event IN SHARE MODE; SELECT pg_sleep(2); COMMIT"
    with ThreadPoolExecutor() as threads:
        held = threads.submit(real_parts.postgres.sql, hold, odoo.database)
        time.sleep(0.5)
        answers = list(threads.map(present, range(2)))
        held.result()
    assert sorted(answer["duplicate"] for answer in answers) == [False, True]
    assert len({answer["event_id"] for answer in answers}) == 1


def test_ap03_a_blank_card_is_written_for_its_number(rig, office, tmp_path):
    """AP-03: the card written against the real ERP holds its token and no number, no name."""
    card = blank_card(office)
    image = tmp_path / "new.json"
    save(image, blank("type2"))
    before = len(events(office))
    rig.start()
    with rig.run("write-card", card["number"]) as writing:
        assert card["number"] in writing.stdout.readline()
        rig.insert(image)
        said = writing.stdout.read()
        assert writing.wait(20) == 0, said
    assert card["number"] in said
    memory = bytes.fromhex(load(image)["memory"])
    assert memory.count(b"K1.") == 1
    assert card["number"].encode() not in memory
    rig.remove()
    assert len(events(office)) == before
    rig.insert(image)
    rig.until(lambda: len(events(office)) == before + 1, "the new chip is known")
    assert events(office)[0]["customer_card_id"][0] == card["id"]


def blank_card(office):
    """Return a card that nobody has, as it lies in the drawer."""
    card_type = {"name": "Rohling", "holder_type": "bearer"}
    made = office.call("customer.card.type", "create", vals_list=[card_type])
    ids = office.call("customer.card", "create", vals_list=[{"card_type_id": made[0]}])
    return office.call("customer.card", "read", ids, fields=["number"])[0]


def test_a_customers_card_is_not_written_by_the_reader_alone(rig, office):
    """F21: whoever has the reader's key only does not make himself a customer's card."""
    (card,) = office.call(
        "customer.card",
        "search_read",
        domain=[("partner_id.name", "=", "Karl Berg")],
        fields=["number"],
        limit=1,
    )
    rig.start()
    with rig.run("write-card", card["number"]) as writing:
        said = writing.stdout.read()
        assert writing.wait(20) == 1, said
    assert card["number"] in said
    assert "Traceback" not in said


def test_unknown_cards_are_answered_in_the_tills_language(rig, office):
    rig.start()
    rig.until(lambda: rig.status()["till"], "the till's name")
    rig.insert(blank("chip", token=make_token()))
    rig.said("Unbekannte Karte")


def test_a_number_without_a_card_is_refused_in_one_sentence(rig):
    with rig.run("write-card", "no-such-number") as writing:
        said = writing.stdout.read()
        assert writing.wait(20) == 1
    assert "no-such-number" in said
    assert "Traceback" not in said


def test_a_wrong_key_is_one_clear_sentence_and_the_right_one_delivers_the_card(rig, odoo, office):
    right = rig.config.read_text()
    wrong = rig.folder / "wrong.key"
    wrong.write_text("wrong\n")
    rig.config.write_text(right.replace(str(odoo.keys / "till.key"), str(wrong)))
    before = len(events(office))
    rig.start()
    rig.insert(blank("chip", token=make_token()))
    rig.said("does not accept the API key")
    rig.crash()
    rig.config.write_text(right)
    begun_s = time.monotonic()
    rig.start()
    rig.until(lambda: len(events(office)) == before + 1, "the card is in Odoo")
    assert time.monotonic() - begun_s < 10


def set_up(rig, office, odoo, name):
    """Pair the rig with a new till; return its id, the code and what setup said."""
    (till,) = office.call("customer.till", "create", vals_list=[{"name": name}])
    code = office.call("customer.till", "action_pair_reader", [till])["context"]["shown_code"]
    port = rig.health.split(":")[2].split("/")[0]
    rig.config.write_text(f"health_port: {port}\nheartbeat_s: 1\n")
    with rig.run("setup", "--address", odoo.url, "--code", code) as setup:
        said = setup.stdout.read()
        assert setup.wait(20) == 0, said
    return till, code, said


def test_setup_pairs_with_the_real_erp_and_the_bridge_works_with_what_it_wrote(rig, office, odoo):
    """The code of the till's form is all that is typed; the key is used once and lasts."""
    till, code, said = set_up(rig, office, odoo, "Theke 9")
    assert "Theke 9" in said
    assert (rig.folder / "erp-key").stat().st_mode & 0o777 == 0o600
    rig.start()
    rig.until(lambda: rig.status()["till"] == "Theke 9", "the till knows its name")

    def seen(field):
        return office.call("customer.till", "read", [till], fields=[field])[0][field]

    def readers():
        of_till = [("till_id", "=", till)]
        return office.call("customer.till.reader", "search_read", domain=of_till, fields=["media"])

    rig.until(
        lambda: "Chip, RFID" in [one["media"] for one in readers()], "the ERP knows what is read"
    )
    assert seen("key_state") == "good"
    with rig.run("setup", "--address", odoo.url, "--code", code) as again:
        assert "code was used" in again.stdout.read()
        assert again.wait(20) == 1
    rig.crash(signal.SIGTERM)
    assert seen("state") == "no_reader", "who says goodbye is seen to be away at once"


def test_a_bridge_killed_while_it_renews_its_key_always_gets_in_again(
    rig, office, odoo, real_parts
):
    """Renewal, killed at random moments (``CARD_KILLS``, 4); the last is left alone."""
    till, _code, _said = set_up(rig, office, odoo, "Theke 10")
    (user,) = office.call("customer.till", "read", [till], fields=["user_id"])[0]["user_id"][:1]
    key = rig.folder / "erp-key"
    chance = random.Random(3)

    def end_soon():
        real_parts.postgres.sql(
            "UPDATE res_users_apikeys SET expiration_date = now() + interval '10 days'"
            f" WHERE user_id = {user}",
            odoo.database,
        )

    for _kill in range(int(os.environ.get("CARD_KILLS", "4"))):
        end_soon()
        rig.start(ready=False)
        time.sleep(0.3 + chance.random() * 0.6)
        rig.crash()
    before = key.read_text()
    end_soon()
    rig.start()
    rig.until(lambda: key.read_text() != before, "the key is renewed")
    rig.until(lambda: rig.status()["till"] == "Theke 10", "and works")
    rig.insert(blank("chip", token=make_token()))
    rig.until(lambda: events(office, till_id=till), "the card is in Odoo")
    rows = real_parts.postgres.sql(
        f"SELECT count(*) FROM res_users_apikeys WHERE user_id = {user}", odoo.database
    )
    assert rows.strip() == "1", "the keys before it are over"
