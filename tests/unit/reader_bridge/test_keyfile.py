"""The key is renewed in time, and no kill in between leaves a bridge without a key."""

import stat

import pytest

from connector.erp import ErpSettings
from connector.exceptions import ErpRefused, ErpUnreachable
from reader_bridge.heartbeat import Heartbeat
from reader_bridge.keyfile import Access, check_writable, write_private
from reader_bridge.link import Link

ANSWER = {"till": "Theke 1", "now": "", "lang": "de_DE", "screen": True, "renew_key": True}
SETTINGS = ErpSettings("http://erp", "db", "reader-1", "old")


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "erp-key"
    write_private(path, "old\n")
    return path


@pytest.fixture
def access(key):
    return Access(SETTINGS, key)


@pytest.fixture
def beating(spool, link, board, access):
    link.answers["heartbeat"] = [ANSWER]
    link.answers["renew_key"] = [{"key": "new", "valid_until": "2027-11-20"}]
    return Heartbeat(spool, link, board, 20.0, False, access)


class Killed(BaseException):
    """kill -9, as far as Python can tell."""


def test_the_key_file_is_for_its_owner_only(key):
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["erp-key"]


def test_a_key_that_ends_soon_is_replaced_in_file_and_memory(beating, access, key, caplog):
    caplog.set_level("INFO")
    beating.beat()
    assert key.read_text() == "new\n"
    assert access.settings.secret == "new"
    assert "2027-11-20" in caplog.text
    assert "new\n" not in caplog.text.replace("renewed; the new one", "")


@pytest.mark.parametrize("step", ["mkstemp", "fsync", "replace"])
def test_killed_at_any_step_the_file_holds_a_whole_key(beating, access, key, monkeypatch, step):
    def kill(*_args, **_kwargs):
        raise Killed

    place = {"mkstemp": "tempfile.mkstemp", "fsync": "os.fsync", "replace": "pathlib.Path.replace"}
    monkeypatch.setattr(place[step], kill)
    monkeypatch.setattr(access, "can_renew", lambda: True)
    with pytest.raises(Killed):
        beating.beat()
    assert key.read_text() == "old\n"
    assert access.settings.secret == "old"


def test_a_full_disk_keeps_the_old_key_and_is_said_once(beating, access, key, monkeypatch, caplog):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reader_bridge.keyfile.os.fsync", full)
    monkeypatch.setattr(access, "can_renew", lambda: True)
    for _ in range(3):
        beating.beat()
    assert access.settings.secret == "old"
    assert caplog.text.count("No space left") == 1


def test_no_key_is_asked_for_where_none_could_be_kept(spool, link, board):
    link.answers["heartbeat"] = [ANSWER]
    Heartbeat(spool, link, board, 20.0, False, Access(SETTINGS)).beat()
    assert link.asked("renew_key") == []


def test_a_lost_answer_is_asked_for_again(beating, link, access):
    link.answers["renew_key"] = [ErpUnreachable("lost"), {"key": "new", "valid_until": "x"}]
    beating.beat()
    assert access.settings.secret == "old"
    beating.beat()
    assert access.settings.secret == "new"


def test_a_till_paired_anew_takes_the_new_key_without_a_restart(access, key):
    used = []

    class Erp:
        def __init__(self, settings):
            self.key = settings.secret

        def call(self, _model, _method, **_kwargs):
            used.append(self.key)
            if self.key == "old":
                raise ErpRefused("odoo.exceptions.AccessDenied", "no")
            return "welcome"

    link = Link(access, Erp)
    write_private(key, "new\n")
    with pytest.raises(ErpRefused):
        link.till("heartbeat")
    assert link.till("heartbeat") == "welcome"
    assert used == ["old", "new"]


def test_rights_are_looked_at_before_anything_is_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="File exists|Not a directory"):
        check_writable(tmp_path / "file" / "erp-key")
