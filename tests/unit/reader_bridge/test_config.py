from pathlib import Path

import pytest

import reader_bridge
from connector.exceptions import ConfigInvalid
from reader_bridge.config import read_settings

ERP = "erp: {url: 'http://erp:8069', database: d, login: till, secret: 'env:TILL_KEY'}\n"
ROOT = Path(reader_bridge.__file__).parent.parent


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("TILL_KEY", "s3cret")

    def make(text):
        path = tmp_path / "bridge.yaml"
        path.write_text(text)
        return path

    return make


def test_what_is_left_out_has_a_sensible_value(write):
    settings = read_settings(write(ERP))
    assert settings.erp.secret == "s3cret"
    assert "s3cret" not in repr(settings)
    assert settings.readers == ("*",)
    assert settings.language == "auto"
    assert settings.spool == Path("/var/lib/customer-card-bridge/spool.sqlite")


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ("raeders: ['*']\n", "raeders"),
        ("policy: blink\n", "policy"),
        ("health_port: 99999\n", "health_port"),
        ("readers: []\n", "readers"),
        ("scanners: [{serial: COM7, evdev: '*'}]\n", "scanners"),
        ("scanners: [{baud: 9600}]\n", "scanners"),
        ("nfc: [bluetooth]\n", "nfc"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_file_and_line(write, extra, named):
    with pytest.raises(ConfigInvalid, match=r"bridge\.yaml:2.*") as caught:
        read_settings(write(ERP + extra))
    assert named in str(caught.value)


def test_hs04_scanners_and_nfc_readers_stand_beside_the_card_service_or_alone(write):
    """RFID and QR at the same till."""
    extra = "scanners: [{serial: /dev/ttyACM*, baud: 115200}, {evdev: '*Barcode*'}]\nnfc: [usb]\n"
    settings = read_settings(write(ERP + extra))
    assert settings.readers == ("*",)
    assert settings.nfc == ("usb",)
    assert [(one.kind, one.pattern, one.baud) for one in settings.scanners] == [
        ("serial", "/dev/ttyACM*", 115200),
        ("evdev", "*Barcode*", 9600),
    ]
    assert read_settings(write(ERP + extra + "readers: []\n")).readers == ()


def test_a_secret_in_the_file_is_refused_and_not_repeated(write):
    with pytest.raises(ConfigInvalid) as caught:
        read_settings(write(ERP.replace("env:TILL_KEY", "hunter2")))
    assert "hunter2" not in str(caught.value)


def test_the_example_is_valid_and_shows_every_key(write, tmp_path):
    key = tmp_path / "key"
    key.write_text("k\n")
    text = (ROOT / "config/bridge.example.yaml").read_text()
    text = text.replace("/var/lib/customer-card-bridge/erp-key", str(key))
    settings = read_settings(write(text))
    for name in (
        "spool",
        "readers",
        "scanners",
        "nfc",
        "policy",
        "language",
        "health_port",
        "heartbeat_s",
    ):
        assert f"\n{name}:" in text
    assert settings.health_port == 8732
