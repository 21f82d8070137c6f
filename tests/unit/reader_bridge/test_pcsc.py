import threading

import pytest

from reader_bridge.readers.base import Inserted, Missed, Removed, Seen
from reader_bridge.readers.pcsc import PcscWatcher, service_identity
from tests.kit.fake_scard import FakeScard

R = "Reader 00 00"
UNKNOWN_READER = FakeScard(threading.Event(), []).SCARD_E_UNKNOWN_READER
TIMEOUT = FakeScard(threading.Event(), []).SCARD_E_TIMEOUT
COMM_ERROR = FakeScard(threading.Event(), []).SCARD_F_COMM_ERROR


class Listener:
    def __init__(self, seen=None):
        self.told = []
        self.seen = seen or {}

    def card(self, event):
        self.told.append(event)

    def readers(self, names):
        self.told.append(names)

    def service(self, up, reason):
        self.told.append(("up" if up else "down", reason))

    def remembered(self, reader):
        return self.seen.get(reader)

    @property
    def cards(self):
        return [event for event in self.told if isinstance(event, Inserted | Missed | Removed)]

    @property
    def short(self):
        return [
            (type(each).__name__, getattr(each, "count", None), getattr(each, "origin", None))
            for each in self.cards
        ]


def watch(script, *, names=(R,), seen=None, use=("*",), identity=lambda: "s1"):
    stop = threading.Event()
    api = FakeScard(stop, script)
    api.names = list(names)
    listener = Listener(seen)
    watcher = PcscWatcher(listener, use, api, lambda: 5.0, identity)
    stop.wait = lambda _timeout: False  # type: ignore[method-assign]
    watcher.run(stop)
    assert api.opened == api.released
    return listener


def test_an_insertion_is_told_with_the_readers_own_count():
    listener = watch([{R: (4, False)}, {R: (5, True)}, {R: (6, False)}])
    assert listener.cards == [Inserted(R, "s1", 5, b"\x3b\0", "insert", 5.0), Removed(R)]


def test_a_card_in_the_reader_at_the_start_is_found_not_inserted():
    assert watch([{R: (4, True)}]).short == [("Inserted", 4, "found")]


def test_looking_again_without_a_movement_tells_nothing():
    assert watch([{R: (4, True)}, {R: (4, True)}, TIMEOUT, {R: (4, True)}]).short == [
        ("Inserted", 4, "found")
    ]


def test_a_swap_too_quick_to_be_seen_is_an_insertion():
    listener = watch([{R: (1, True)}, {R: (3, True)}])
    assert listener.short[1:] == [("Removed", None, None), ("Inserted", 3, "insert")]


def test_a_card_that_came_and_went_between_two_looks_is_missed_not_lost():
    listener = watch([{R: (0, False)}, {R: (2, False)}])
    assert listener.short == [("Missed", 1, None)]


def test_two_missed_cards_and_a_third_that_stays():
    listener = watch([{R: (0, False)}, {R: (5, True)}])
    assert listener.short == [
        ("Missed", 1, None),
        ("Missed", 3, None),
        ("Inserted", 5, "insert"),
    ]


def test_a_swap_whose_second_card_is_gone_too():
    listener = watch([{R: (1, True)}, {R: (4, False)}])
    assert listener.short[1:] == [("Removed", None, None), ("Missed", 3, None)]


def test_the_count_goes_on_where_the_readers_count_wraps():
    listener = watch([{R: (0xFFFF, False)}, {R: (0, True)}, {R: (1, False)}, {R: (2, True)}])
    assert [each.count for each in listener.cards if isinstance(each, Inserted)] == [
        0x10000,
        0x10002,
    ]


def test_after_a_restart_of_the_bridge_the_same_card_is_told_under_the_same_count():
    seen = {R: Seen("s1", 0x10000 + 7, present=True)}
    assert watch([{R: (7, True)}], seen=seen).short == [("Inserted", 0x10007, "found")]


def test_cards_that_came_and_went_while_the_bridge_was_down_are_missed():
    listener = watch([{R: (10, False)}], seen={R: Seen("s1", 7, present=True)})
    assert listener.short == [("Removed", None, None), ("Missed", 9, None)]
    assert listener.cards[1].at_s == 0.0


def test_counts_of_another_card_service_are_not_compared():
    listener = watch([{R: (1, True)}], seen={R: Seen("s0", 7, present=True)})
    assert listener.short == [("Inserted", 1, "found")]


def test_a_card_gone_when_the_card_service_came_back_was_removed():
    listener = watch([{R: (0, False)}], seen={R: Seen("s0", 7, present=True)})
    assert listener.short == [("Removed", None, None)]


def test_no_reader_is_told_and_a_plugged_in_one_is_found():
    def plug_in(api):
        api.names = [R]
        return {}

    listener = watch([{}, plug_in, {R: (1, True)}], names=())
    assert [each for each in listener.told if isinstance(each, list)] == [[], [R]]
    assert listener.short == [("Inserted", 1, "found")]


@pytest.mark.parametrize("how", ["unknown reader", "state"])
def test_an_unplugged_reader_takes_its_card_with_it(how):
    def unplug(api):
        api.names = []
        return UNKNOWN_READER if how == "unknown reader" else {}

    listener = watch([{R: (1, True)}, unplug, {}])
    assert listener.told[-2:] == [Removed(R), []]


def test_only_the_tills_own_readers_are_watched():
    other = "Keyboard slot"
    listener = watch([{R: (1, True), other: (1, True)}], names=(R, other), use=("Reader*",))
    assert {event.reader for event in listener.cards} == {R}


def test_a_card_service_that_is_absent_is_waited_for():
    listener = watch(["absent", "absent", {R: (1, True)}])
    assert [each[0] for each in listener.told if isinstance(each, tuple)] == ["down", "down", "up"]
    assert listener.short == [("Inserted", 1, "found")]


def test_a_card_service_that_dies_is_waited_for_and_its_card_found_again():
    services = iter(["s1", "s2"])
    listener = watch([{R: (5, True)}, COMM_ERROR, {R: (0, True)}], identity=lambda: next(services))
    assert [each.service for each in listener.cards] == ["s1", "s2"]
    assert listener.short == [("Inserted", 5, "found"), ("Inserted", 0, "found")]


def test_a_lost_context_of_the_same_card_service_tells_no_card_twice():
    listener = watch([{R: (5, True)}, COMM_ERROR, {R: (5, True)}])
    assert listener.short == [("Inserted", 5, "found")]


def test_the_identity_changes_with_the_process_behind_a_socket_that_stays(tmp_path, monkeypatch):
    socket = tmp_path / "pcscd.comm"
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(socket))
    assert service_identity() == ""
    socket.touch()
    (tmp_path / "pcscd.pid").write_text("1")
    first = service_identity()
    assert first == service_identity()
    (tmp_path / "pcscd.pid").unlink()
    (tmp_path / "new").write_text("2")
    (tmp_path / "new").rename(tmp_path / "pcscd.pid")
    assert service_identity() != first


def test_cancel_without_a_context_does_nothing():
    api, cancelled = FakeScard(threading.Event(), []), []
    api.SCardCancel = cancelled.append
    watcher = PcscWatcher(Listener(), api=api)
    watcher.cancel()
    assert cancelled == []
    watcher._context = 7
    watcher.cancel()
    assert cancelled == [7]


def test_cards_that_came_and_went_while_bridge_and_card_service_were_both_down_are_missed():
    """The new service's count began at zero: three movements are two cards, one of them here."""
    seen = {R: Seen("older service", 40, True)}
    listener = watch([{R: (3, True)}], seen=seen)
    assert listener.short == [
        ("Removed", None, None),
        ("Missed", 1, None),
        ("Inserted", 3, "found"),
    ]
    assert watch([{R: (4, False)}], seen={R: Seen("older service", 40, False)}).short == [
        ("Missed", 1, None),
        ("Missed", 3, None),
    ]


def test_a_card_that_lay_there_when_the_new_service_began_was_not_missed():
    seen = {R: Seen("older service", 40, True)}
    assert watch([{R: (0, True)}], seen=seen).short == [("Inserted", 0, "found")]
    assert watch([{R: (1, True)}], seen=seen).short == [("Inserted", 1, "found")]
    assert watch([{R: (1, False)}], seen=seen).short == [("Removed", None, None)]


def test_the_first_time_nothing_is_said_about_what_was_before():
    assert watch([{R: (40, False)}]).short == []


def test_a_reader_plugged_in_again_counts_anew_and_names_no_insertion_twice():
    """pcscd counts from zero for it, so the same number would hide a new card as an old one."""

    def plug(there):
        def act(api):
            api.names = [R] if there else []
            return {}

        return act

    listener = watch(
        [
            {R: (0, False)},
            {R: (1, True)},
            {R: (2, False)},
            plug(False),
            plug(True),
            {R: (0, False)},
            {R: (1, True)},
        ]
    )
    first, second = (event for event in listener.cards if isinstance(event, Inserted))
    assert first.count == second.count == 1
    assert first.service != second.service
    assert not [event for event in listener.cards if isinstance(event, Missed)]


def test_a_reader_plugged_in_again_while_the_bridge_was_down_misses_no_thousand_cards():
    listener = watch([{R: (1, True)}, {R: (2, False)}], seen={R: Seen("s1#1", 400, False)})
    (card,) = (event for event in listener.cards if isinstance(event, Inserted))
    assert card.service == "s1#2"
    assert [type(event) for event in listener.cards].count(Missed) == 0
    goes_on = watch([{R: (401, True)}], seen={R: Seen("s1#1", 400, False)})
    assert goes_on.cards[0].service == "s1#1"


def test_a_reader_that_others_used_for_long_floods_nobody(caplog):
    listener = watch([{R: (8000, False)}], seen={R: Seen("s1", 0, False)})
    assert [event.count for event in listener.cards] == list(range(7901, 8000, 2))
    assert "4000 cards came and went" in caplog.text
