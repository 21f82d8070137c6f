from reader_bridge.events import Answer
from reader_bridge.readers.base import Inserted, Missed, Seen
from reader_bridge.spool import Spool


def inserted(service="s1", count=1, origin="insert", reader="R"):
    return Inserted(reader, service, count, b"", origin, 1000.0)


def test_events_wait_in_their_order_until_answered(spool, card):
    for key in ("a", "b", "c"):
        assert spool.append(card(key))
    spool.settle([Answer("a", "pushed", "fine")])
    assert [each.event.key for each in spool.waiting(10)] == ["b", "c"]
    assert [each.seq for each in spool.waiting(1)] == [2]
    assert spool.depth() == 2


def test_the_same_insertion_is_kept_once(spool, card):
    assert spool.append(card("a"))
    assert not spool.append(card("a"))
    spool.settle([Answer("a", "pushed", "")])
    assert not spool.append(card("a"))
    assert spool.depth() == 0


def test_an_event_survives_the_end_of_the_bridge(open_spool, card):
    open_spool().append(card("a", "K1.SECRET"))
    (waiting,) = open_spool().waiting(10)
    assert waiting.event == card("a", "K1.SECRET")


def test_the_token_is_wiped_from_the_files_after_the_answer(spool, card, tmp_path):
    spool.append(card("a", "K1.VERYSECRET"))
    spool.append(card("b", "K1.OTHERSECRET"))
    assert any(b"VERYSECRET" in path.read_bytes() for path in tmp_path.iterdir())
    spool.settle([Answer("a", "pushed", "")])
    spool.settle([Answer("b", "rejected", "")], state="rejected")
    assert not any(b"SECRET" in path.read_bytes() for path in tmp_path.iterdir())


def test_only_the_owner_can_read_the_file(spool, tmp_path):
    assert (tmp_path / "spool.sqlite").stat().st_mode & 0o077 == 0


def test_the_age_is_that_of_the_running_machine(spool, card, clock):
    spool.append(card("a", at_s=999.5))
    clock.now_s = 1007.0
    assert spool.waiting(1)[0].age_s == 7.5


def test_after_a_reboot_nothing_counts_as_fresh(open_spool, card, clock):
    open_spool("boot 1").append(card("a", at_s=999.0))
    clock.now_s = 1001.0
    assert open_spool("boot 2").waiting(1)[0].age_s >= 3600


def test_a_card_found_again_after_the_card_service_restarted_is_the_same_insertion(spool, card):
    assert spool.append(card("a"), inserted("s1", 7))
    assert not spool.append(card("b", origin="found"), inserted("s2", 0, "found"))
    assert spool.seen("R") == Seen("s2", 0, present=True)
    assert not spool.append(card("c", origin="found"), inserted("s3", 0, "found"))


def test_a_card_that_stays_is_the_same_after_a_restart_of_the_bridge_too(spool, card):
    """First the card service, then the bridge died under a card: it is one insertion."""
    assert spool.append(card("a"), inserted("s1", 7))
    assert not spool.append(card("b", origin="found"), inserted("s2", 0, "found"))
    assert not spool.append(card("b", origin="found"), inserted("s2", 0, "found"))
    unread = card("b", "", kind="unreadable", origin="found")
    assert not spool.append(unread, inserted("s2", 0, "found"))
    assert spool.append(card("c", origin="found"), inserted("s2", 2, "found"))


def test_another_card_found_after_the_restart_is_another_insertion(spool, card):
    spool.append(card("a", "K1.X"), inserted("s1", 7))
    assert spool.append(card("b", "K1.Y", origin="found"), inserted("s2", 0, "found"))


def test_a_card_that_left_and_came_back_counts_again(spool, card):
    spool.append(card("a"), inserted("s1", 7))
    spool.removed("R")
    assert spool.append(card("b", origin="found"), inserted("s2", 0, "found"))


def test_a_card_seen_going_in_counts_whatever_lay_there_before(spool, card):
    spool.append(card("a"), inserted("s1", 7))
    assert spool.append(card("b"), inserted("s2", 1, "insert"))


def test_what_was_unreadable_twice_is_not_taken_for_the_same_card(spool, card):
    spool.append(card("a", "", kind="unreadable"), inserted("s1", 7))
    again = card("b", "", kind="unreadable", origin="found")
    assert spool.append(again, inserted("s2", 0, "found"))


def test_the_readers_state_is_remembered_move_by_move(spool, card):
    assert spool.seen("R") is None
    spool.append(card("a"), inserted("s1", 7))
    assert spool.seen("R") == Seen("s1", 7, present=True)
    spool.removed("R")
    spool.removed("R")
    assert spool.seen("R") == Seen("s1", 8, present=False)
    spool.append(card("b", ""), Missed("R", "s1", 9, 0.0))
    assert spool.seen("R") == Seen("s1", 10, present=False)


def test_old_answers_do_not_pile_up_and_waiting_events_are_never_dropped(spool, card, monkeypatch):
    monkeypatch.setattr("reader_bridge.spool._KEPT_ROWS", 10)
    for number in range(30):
        spool.append(card(f"k{number}"))
    spool.settle([Answer(f"k{number}", "pushed", "") for number in range(5, 30)])
    assert spool.depth() == 5
    assert not spool.append(card("k29"))
    assert spool.append(card("k6"))


def test_while_a_card_is_written_the_daemon_looks_away(open_spool, clock):
    writer, daemon = open_spool(), open_spool()
    assert not daemon.paused()
    writer.pause(60)
    assert daemon.paused()
    writer.pause(0)
    assert not daemon.paused()


def test_a_writer_that_crashed_does_not_blind_the_daemon_for_long(spool, clock):
    spool.pause(60)
    clock.now_s += 61
    assert not spool.paused()


def test_the_real_clocks_make_a_fresh_event_young(tmp_path, card):
    from reader_bridge.readers.base import boot_time

    spool = Spool(tmp_path / "real.sqlite")
    spool.append(card("a", at_s=boot_time()))
    assert spool.waiting(1)[0].age_s < 5
    spool.close()


def test_a_card_that_stays_and_cannot_be_read_for_a_moment_is_still_the_same_card(spool, card):
    """The service died twice: read, not read, read again is one insertion, and one that failed."""

    def inserted(service, origin):
        return Inserted("R", service, 1, b"", origin, 1000.0)

    assert spool.append(card("a"), inserted("s1", "insert"))
    assert spool.append(card("b", "", kind="unreadable"), inserted("s2", "found"))
    assert not spool.append(card("c"), inserted("s3", "found"))
    spool.removed("R")
    assert spool.append(card("d"), inserted("s3", "found"))
