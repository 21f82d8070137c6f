"""F13: two tills with the same reader and no name of the card service never share a key."""

from functools import partial

from reader_bridge.events import insertion_key
from reader_bridge.readers.pcsc import service_identity
from reader_bridge.spool import Spool


def key_of(path):
    """The key of the first card in the reader of a bridge that starts with this spool."""
    spool = Spool(path)
    service = partial(service_identity, spool.bridge())()
    spool.close()
    return insertion_key(service, "ACS ACR39U ICC Reader 0", 1)


def test_two_computers_name_their_cards_differently(tmp_path, monkeypatch):
    """Windows: no socket and no pid file tell their card services apart."""
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "nothing" / "pcscd.comm"))
    first, second = tmp_path / "a" / "spool.sqlite", tmp_path / "b" / "spool.sqlite"
    assert key_of(first) != key_of(second)
    assert key_of(first) == key_of(first), "a restart of the bridge keeps its name"


def test_a_spool_from_before_gets_a_name(tmp_path):
    path = tmp_path / "spool.sqlite"
    spool = Spool(path)
    spool._db.execute("DROP TABLE bridge")
    spool.close()
    names = set()
    for _start in range(2):
        spool = Spool(path)
        names.add(spool.bridge())
        spool.close()
    assert len(names) == 1
    assert len(names.pop()) == 32
