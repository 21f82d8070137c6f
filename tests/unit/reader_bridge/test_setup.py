"""``customer-card-bridge setup``: one command makes a till, and every refusal says what to do."""

import ssl
import sys
import urllib.error
from configparser import ConfigParser
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from reader_bridge.config import read_settings
from reader_bridge.messages import Say, Translator
from reader_bridge.pairing import PairingFailed, normal_address, pair
from reader_bridge.places import Places
from reader_bridge.service import ServiceFailed, install, unit
from reader_bridge.till_setup import SetupFailed, TillSetup, Wishes
from tests.kit.fake_erp import FakeErp

SAY = Translator("en")


@pytest.fixture
def erp():
    erp = FakeErp().start()
    yield erp
    erp.stop()


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "etc" / "bridge.yaml", tmp_path / "lib")


@pytest.fixture
def told():
    return []


@pytest.fixture
def setup(erp, places, told):
    def make(address=None, code="12345678", answers=()):
        answers = iter(answers)
        wishes = Wishes(
            places, f"http://127.0.0.1:{erp.port}" if address is None else address, code
        )
        return TillSetup(wishes, SAY, lambda _question: next(answers), told.append)

    return make


def test_one_run_writes_settings_the_bridge_can_use_and_a_private_key(setup, erp, places, told):
    setup().run()
    settings = read_settings(places.config)
    assert (settings.erp.login, settings.erp.secret) == ("reader-1", "paired key")
    assert settings.erp.database == "fake"
    assert settings.key_file == places.key
    assert settings.spool == places.spool
    assert places.key.stat().st_mode & 0o777 == 0o600
    assert "paired key" not in places.config.read_text()
    assert erp.calls["heartbeat"] == 1, "the new key was used once"
    assert any("Theke 1" in line for line in told)


def test_address_and_code_are_asked_for_when_not_given(setup, erp):
    setup("", "", [f"http://127.0.0.1:{erp.port}/odoo/customer-cards", "1234 5678"]).run()
    assert erp.codes == ["12345678"]


def test_pairing_again_keeps_what_was_changed_in_the_settings(setup, places):
    setup().run()
    content = yaml.safe_load(places.config.read_text())
    places.config.write_text(yaml.safe_dump({**content, "policy": "none", "readers": ["ACR*"]}))
    setup().run()
    settings = read_settings(places.config)
    assert (settings.policy, settings.readers) == ("none", ("ACR*",))


def test_scanners_that_are_named_are_in_the_settings(erp, places, told):
    ports = ("/dev/serial/by-id/*Scanner*", "COM7")
    wishes = Wishes(places, f"http://127.0.0.1:{erp.port}", "12345678", scanners=ports)
    TillSetup(wishes, SAY, input, told.append).run()
    scanners = read_settings(places.config).scanners
    assert [(each.kind, each.pattern) for each in scanners] == [("serial", port) for port in ports]


def test_an_erp_that_falls_silent_after_pairing_costs_nothing(setup, erp, places, told):
    erp.before = lambda method: (503, {}) if method == "heartbeat" else None
    setup().run()
    assert read_settings(places.config).erp.secret == "paired key"
    assert any(line.startswith("Paired, but") for line in told)


@pytest.mark.parametrize("missing", ["etc", "lib"])
def test_without_rights_the_code_is_not_used(setup, erp, places, missing):
    (places.config.parent.parent / missing).write_text("a file where a folder should be")
    with pytest.raises(SetupFailed, match="The code was not used"):
        setup().run()
    assert erp.codes == []


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, {"error": "wrong_code"}, Say.CODE_WRONG),
        (410, {"error": "code_used"}, Say.CODE_USED),
        (410, {"error": "code_too_old"}, Say.CODE_TOO_OLD),
        (429, {"error": "too_many"}, Say.CODE_TOO_MANY),
        (404, "<html>", Say.NO_CUSTOMER_CARDS),
        (503, {}, Say.NO_ANSWER),
        (200, ["rubbish"], Say.NOT_AN_ERP),
        (200, {"login": "x"}, Say.NOT_AN_ERP),
        (500, {"name": "psycopg2.Error"}, Say.NOT_AN_ERP),
    ],
)
def test_each_refusal_is_a_sentence_of_its_own_and_writes_nothing(
    setup, erp, places, status, answer, said
):
    erp.before = lambda _method: (status, answer)
    with pytest.raises(PairingFailed) as failed:
        setup().run()
    assert str(failed.value).startswith(said.value.partition("%(address)s")[0][:20])
    assert not places.config.exists()
    assert not places.key.exists()


def test_an_address_nobody_listens_at(setup, erp):
    erp.stop()
    with pytest.raises(PairingFailed, match="does not answer"):
        setup().run()


def test_https_where_only_http_is_spoken(setup, erp):
    with pytest.raises(PairingFailed, match="does not speak TLS"):
        setup(f"127.0.0.1:{erp.port}").run()


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed"), "certificate"),
        (OSError("timed out"), "timed out"),
    ],
)
def test_what_goes_wrong_on_the_way(monkeypatch, reason, said):
    def fail(*_args, **_kwargs):
        raise urllib.error.URLError(reason)

    monkeypatch.setattr("urllib.request.OpenerDirector.open", fail)
    with pytest.raises(PairingFailed, match=said):
        pair("https://erp.example.com", "12345678", SAY)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_code_is_never_sent_on_to_another_address(setup, erp, status):
    erp.location = "https://elsewhere.example.com/customer_card/pair"
    erp.before = lambda _method: (status, {})
    with pytest.raises(PairingFailed, match="elsewhere.example.com/customer_card/pair. Use"):
        setup().run()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("erp.example.com", "https://erp.example.com"),
        (" https://erp.example.com/odoo/action-12 ", "https://erp.example.com"),
        ("http://10.0.0.5:8069/", "http://10.0.0.5:8069"),
    ],
)
def test_what_is_pasted_from_the_browser_is_an_address(typed, meant):
    assert normal_address(typed) == meant


@pytest.mark.parametrize("typed", ["", "https://", "ftp://erp", "https://admin:pw@erp"])
def test_what_is_no_address_is_refused(setup, typed):
    with pytest.raises(SetupFailed, match="is no address"):
        setup(typed or " ", "12345678", [typed]).run()


@pytest.mark.parametrize("code", ["1234567", "1234567a", "123456789"])
def test_a_code_has_eight_digits(setup, erp, code):
    with pytest.raises(SetupFailed, match="eight digits"):
        setup(code=code).run()
    assert erp.codes == []


@pytest.mark.parametrize("name", ["customer-card-bridge.service", "50-customer-card-bridge.rules"])
def test_what_setup_installs_comes_with_the_package_and_is_there_once(name):
    root = Path(__file__).resolve().parents[3]
    copies = [path for part in ("reader_bridge", "config") for path in (root / part).rglob(name)]
    assert copies == [root / "reader_bridge" / name]
    settings = ConfigParser()
    settings.read(root / "setup.cfg")
    patterns = settings["options.package_data"]["*"].split(", ")
    assert any(fnmatchcase(name, pattern) for pattern in patterns)


def test_the_service_is_installed_and_started_once(tmp_path):
    ran = []

    def run(command, **_options):
        ran.append(command[1:])
        return SimpleNamespace(returncode=0)

    install(tmp_path / "bridge.service", tmp_path, run)
    assert (tmp_path / "bridge.service").read_text() == unit(Path(sys.argv[0]).resolve())
    assert "access_card" in (tmp_path / "50-customer-card-bridge.rules").read_text()
    assert [words[0] for words in ran] == ["daemon-reload", "enable", "restart"]


def test_a_service_that_does_not_start_says_why(tmp_path):
    failed = SimpleNamespace(returncode=1, stderr="Unit is masked.")
    with pytest.raises(ServiceFailed, match="masked"):
        install(tmp_path / "bridge.service", tmp_path, lambda *_a, **_o: failed)
    with pytest.raises(ServiceFailed, match="No such file"):
        install(tmp_path / "nowhere" / "bridge.service", tmp_path)


def test_the_unit_starts_the_bridge_that_is_installed(tmp_path):
    text = unit(tmp_path / "bin" / "customer-card-bridge")
    assert f"ExecStart={tmp_path}/bin/customer-card-bridge run" in text
    assert "DynamicUser=yes" in text
