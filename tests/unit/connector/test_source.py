"""A foreign ERP read by overlapping windows: nothing lost, whatever happens and when."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from datetime import time as clock_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.exceptions import ConfigInvalid, ErpRefused, ErpUnreachable, RetryableError
from connector.foreign.changes import Position
from connector.foreign.host import SyncHost
from connector.foreign.pace import Night, Pace
from connector.foreign.source import Source
from connector.mapping import schema
from connector.rows import Rows
from tests.unit.foreign_table import MAPPING, ForeignTable, KeepingHost

WINDOW_S = 10
ALWAYS = Night(clock_time(0), clock_time(0), "UTC")


def small(page: int) -> Pace:
    """Return a pace of very small pages."""

    class Small(Pace):
        @property
        def page(self) -> int:
            return page

    return Small(ALWAYS, sleep=lambda _: None)


@pytest.fixture(scope="session")
def mapping(tmp_path_factory):
    path = tmp_path_factory.mktemp("mapping") / "own.yaml"
    path.write_text(MAPPING)
    return schema.load(str(path))


class Pair:
    """A foreign ERP and a host, with a pull between them."""

    def __init__(self, mapping, page=3):
        self.foreign, self.host = ForeignTable(), KeepingHost()
        self.mapping = mapping
        self.pull = self.worker(page)

    def worker(self, page=3, **options) -> Source:
        """Return another worker on the same two."""
        host, rows = SyncHost(self.host, "nord"), Rows(self.foreign, self.mapping)
        return Source(host, rows, small(page), window_s=WINDOW_S, **options)

    def expected(self):
        return {
            f"sale.line:{row['id']}": (row["amount"], row["state"] != "posted")
            for row in self.foreign.rows.values()
        }

    def found(self):
        return {key: (one["gross"], one["void"]) for key, one in self.host.documents().items()}


@pytest.fixture
def pair(mapping):
    return Pair(mapping)


def test_the_past_comes_in_pages_and_changes_come_after(pair):
    for _ in range(8):
        pair.foreign.write()
    assert pair.pull.changes() in (True, False)
    assert not pair.pull.past()
    assert pair.found() == pair.expected()
    pair.foreign.pass_time(60)
    pair.foreign.write(3, amount=99.0)
    assert pair.pull.changes()
    assert pair.found() == pair.expected()
    pair.foreign.pass_time(60)
    assert not pair.pull.changes()


def test_an_idle_erp_costs_one_question_a_scan(pair):
    pair.foreign.write()
    pair.pull.past()
    pair.pull.changes()
    pair.foreign.pass_time(60)
    pair.pull.changes()
    pair.foreign.pass_time(60)
    pair.foreign.calls.clear()
    pair.pull.changes()
    assert pair.foreign.calls == ["search_read"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["new", "change", "void", "poll", "poll", "wait"]),
            st.integers(1, 9),
            st.floats(0, WINDOW_S - 1),
        ),
        max_size=40,
    )
)
def test_late_commits_within_the_window_are_never_lost(mapping, happenings):
    """Transactions of up to the window, polls at any moment, seconds cut off."""
    pair = Pair(mapping, page=2)
    pair.pull.changes()
    for what, which, late_s in happenings:
        pair.foreign.pass_time(0.4)
        if what == "new":
            pair.foreign.write(late_s=late_s)
        elif what == "poll":
            pair.pull.changes()
        elif what == "wait":
            pair.foreign.pass_time(float(which))
        elif which in pair.foreign.rows:
            values = {"state": "cancel"} if what == "void" else {"amount": 10.0 + which}
            pair.foreign.write(which, **values)
    pair.foreign.pass_time(WINDOW_S)
    pair.pull.changes()
    assert pair.found() == pair.expected()


def test_a_transaction_longer_than_the_window_is_found_by_comparing(pair):
    pair.pull.changes()
    pair.foreign.write(late_s=5 * WINDOW_S)
    for _ in range(6):
        pair.foreign.pass_time(WINDOW_S)
        pair.pull.changes()
    assert pair.found() == {}
    pair.pull.compare()
    assert pair.found() == pair.expected() != {}


def test_two_workers_at_once_keep_each_page_once(pair):
    for _ in range(4):
        pair.foreign.write()
    other = pair.worker()
    pair.pull.past()
    written = pair.host.written
    pair.host.positions["invoice_line", "history"] = str(Position("", "x", 2, 4))
    other.past()
    assert pair.host.written == written


def test_a_page_whose_answer_was_lost_is_sent_again_and_changes_nothing(pair, monkeypatch):
    pair.pull.changes()
    pair.foreign.pass_time(1)
    pair.foreign.write()
    real = pair.host.keep_page

    def loses_the_answer(**page):
        real(**page)
        raise ErpUnreachable("The answer was lost.")

    monkeypatch.setattr(pair.host, "keep_page", loses_the_answer)
    with pytest.raises(ErpUnreachable):
        pair.pull.changes()
    monkeypatch.undo()
    pair.pull.changes()
    assert pair.found() == pair.expected()
    assert pair.host.written == 1


def test_a_row_that_does_not_fit_waits_and_stops_nobody(pair):
    pair.pull.changes()
    pair.foreign.pass_time(1)
    pair.foreign.write(quantity=False)
    pair.foreign.write()
    pair.pull.changes()
    assert list(pair.found()) == ["sale.line:2"]
    assert pair.host.rejects["sale.line:1"]["reasons"] == {"quantity": ["Field may not be null."]}
    pair.foreign.pass_time(3600)
    pair.foreign.rows[1]["quantity"] = 1.0
    pair.host.wanted = [{"stream": "invoice_line", "document": "sale.order:1"}]
    pair.pull.changes()
    assert sorted(pair.found()) == ["sale.line:1", "sale.line:2"]
    assert pair.host.rejects == {}


def test_a_document_that_breaks_the_host_is_found_and_left_aside(pair):
    """One bad document of 32 costs a few more calls, and the others are kept."""
    pull = pair.worker(page=100)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(32):
        pair.foreign.write()
    pair.host.poison = {"sale.order:13"}
    pull.changes()
    assert len(pair.found()) == 31
    assert pair.host.rejects["sale.line:13"]["reasons"] == {"host": ["The whole call broke."]}
    assert Position.parse(pair.host.positions["invoice_line", "live"]).since


def counted(pair, monkeypatch):
    """Return a list that grows with each page the host is asked to keep."""
    calls: list[int] = []
    real = pair.host.keep_page
    monkeypatch.setattr(pair.host, "keep_page", lambda **page: (calls.append(1), real(**page))[1])
    return calls


@pytest.mark.parametrize("fault", ["psycopg2.errors.DataError", "builtins.KeyError", "x.Unheard"])
@pytest.mark.parametrize(("orders", "bad"), [(199, 77), (199, 1), (199, 199), (1, 1)])
def test_one_bad_document_of_a_full_page_costs_few_calls(pair, monkeypatch, fault, orders, bad):
    """At most 21 calls, also where nobody has heard of the fault before."""
    pull = pair.worker(page=2000)
    pull.changes()
    pair.foreign.pass_time(1)
    for order in range(1, orders + 1):
        for _ in range(10):
            pair.foreign.write(order_id=order)
    key = f"sale.line:{10 * bad - 3}"
    pair.host.poison_rows, pair.host.fault = {key}, fault
    calls = counted(pair, monkeypatch)
    pull.changes()
    assert set(pair.expected()) - set(pair.found()) == {key}
    assert set(pair.host.rejects) == {key}
    assert pair.host.rejects[key]["reasons"] == {"host": ["The whole call broke."]}
    assert len(calls) <= 21


def test_one_bad_row_of_a_full_page_of_the_past_costs_few_calls(pair, monkeypatch):
    pull = pair.worker(page=2000)
    for _ in range(1999):
        pair.foreign.write()
    pair.host.poison_rows, pair.host.fault = {"sale.line:1"}, "x.Unheard"
    calls = counted(pair, monkeypatch)
    pull.past()
    assert (len(pair.found()), set(pair.host.rejects)) == (1998, {"sale.line:1"})
    assert len(calls) <= 21


def test_several_bad_rows_of_a_page_are_all_set_aside_and_come_back(pair):
    pull, bad = pair.worker(page=200), {"sale.line:3", "sale.line:4", "sale.line:57"}
    pull.changes()
    pair.foreign.pass_time(1)
    for order in (1, 1, 1, 1, *range(2, 60)):
        pair.foreign.write(order_id=order)
    pair.host.poison_rows, pair.host.fault = bad, "x.Unheard"
    pull.changes()
    assert set(pair.host.rejects) == bad == set(pair.expected()) - set(pair.found())
    pair.host.poison_rows = set()
    pair.host.wanted = [
        {"stream": "invoice_line", "document": one["document"]}
        for one in pair.host.rejects.values()
    ]
    pull.changes()
    assert pair.host.rejects == {}
    assert pair.found() == pair.expected()


def test_a_page_of_nothing_but_bad_rows_costs_a_few_calls_a_row(pair, monkeypatch):
    """As a mapping that leaves out what the host demands; an unheard fault of all is the host's."""
    pull = pair.worker(page=200)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(199):
        pair.foreign.write()
    pair.host.poison_rows = set(pair.expected())
    calls = counted(pair, monkeypatch)
    pull.changes()
    assert (set(pair.host.rejects), pair.found()) == (set(pair.expected()), {})
    assert len(calls) <= 4 * 199
    calls.clear()
    pair.host.rejects, pair.host.fault = {}, "builtins.NameError"
    pair.foreign.pass_time(1)
    with pytest.raises(RetryableError, match="refuses all rows of invoice_line, it is not their"):
        pull.changes()
    assert pair.host.rejects == {}
    assert len(calls) < 100


@pytest.mark.parametrize("past", [True, False])
def test_a_row_that_the_other_erp_cannot_give_stops_nobody(pair, past):
    """A field of it cannot be computed over there: 299 rows come, one waits, later it comes."""
    pull = pair.worker(page=100)
    if not past:
        pull.changes()
        pair.foreign.pass_time(1)
    for order in range(300):
        pair.foreign.write(order_id=1 + order // 3)
    pair.foreign.unreadable = {150}
    calls = len(pair.foreign.calls)
    assert not pull.past() if past else pull.changes()
    assert set(pair.expected()) - set(pair.found()) == {"sale.line:150"}
    reject = pair.host.rejects["sale.line:150"]
    assert reject["reasons"] == {"erp": ["float division by zero"]}
    assert reject["document"] == "sale.order:50"
    assert len(pair.foreign.calls) - calls <= 21 + 300 // 10
    pair.foreign.unreadable = set()
    pair.host.wanted = [{"stream": "invoice_line", "document": "sale.order:50"}]
    pull.changes()
    assert pair.found() == pair.expected()
    assert pair.host.rejects == {}


def test_a_fault_of_all_rows_over_there_rejects_none(pair):
    """As a field that was renamed: everything waits, and the sentence says why."""
    for _ in range(300):
        pair.foreign.write()
    for bad in ({*range(1, 301)}, {*range(1, 101)}):
        pair.foreign.unreadable = bad
        with pytest.raises(ErpRefused, match="division by zero"):
            pair.worker(page=100).past()
        assert pair.host.rejects == {}
    pair.foreign.unreadable = set()
    pair.foreign.pass_time(60)
    pair.pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(3):
        pair.foreign.write()
    pair.foreign.unreadable = {*range(1, 304)}
    with pytest.raises(ErpRefused, match="division by zero"):
        pair.pull.changes()
    assert pair.host.rejects == {}
    pair.foreign.unreadable = set()
    pair.pull.changes()
    pair.pull.past()
    assert pair.found() == pair.expected()


@pytest.mark.parametrize("several", [2, 3, 30])
def test_rows_that_are_all_refused_for_an_unheard_reason_wait_unless_others_are_taken(
    pair, several
):
    pull = pair.worker(page=400)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(several):
        pair.foreign.write()
    pair.host.fault, bad = "builtins.NameError", set(pair.expected())
    pair.host.poison_rows = bad
    if several >= 3:
        with pytest.raises(RetryableError, match="refuses all rows"):
            pull.changes()
        assert pair.host.rejects == {}
        for _ in range(several // 3):
            pair.foreign.write()
    pull.changes()
    assert set(pair.host.rejects) == bad
    assert set(pair.found()) == set(pair.expected()) - bad


def test_a_receipt_with_a_bad_row_is_never_kept_without_a_rejected_one(pair, monkeypatch):
    """Half of it would earn points, if only for a second."""
    pull = pair.worker(page=200)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(8):
        pair.foreign.write(order_id=5)
    pair.host.poison_rows, pair.host.fault = {"sale.line:6"}, "x.Unheard"
    real, half = pair.host.keep_page, []

    def watched(**asked):
        answer = real(**asked)
        page = asked["page"]
        half.append(0 < len(json.loads(page["rows"])) < 8 and not page["rejects"])
        return answer

    monkeypatch.setattr(pair.host, "keep_page", watched)
    pull.changes()
    assert not any(half)
    assert set(pair.host.rejects) == {"sale.line:6"}


def test_a_page_that_is_only_too_large_is_kept_in_halves(pair, monkeypatch):
    """Refused as a whole, and each part is fine: nobody is set aside."""
    pull = pair.worker(page=200)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(64):
        pair.foreign.write()
    real = pair.host.keep_page

    def small(**asked):
        if len(json.loads(asked["page"]["rows"])) > 4:
            raise ErpRefused("http", "answered HTTP 413")
        return real(**asked)

    monkeypatch.setattr(pair.host, "keep_page", small)
    pull.changes()
    assert pair.host.rejects == {}
    assert pair.found() == pair.expected()
    assert Position.parse(pair.host.positions["invoice_line", "live"]).since


def test_a_comparison_with_a_bad_row_still_finds_what_was_deleted(pair):
    for _ in range(20):
        pair.foreign.write()
    pair.pull.past()
    del pair.foreign.rows[7]
    pair.foreign.write(9, amount=99.0)
    pair.host.poison_rows, pair.host.fault = {"sale.line:9"}, "x.Unheard"
    assert pair.pull.compare()["invoice_line"].gone == 1
    assert "sale.line:7" not in pair.found()
    assert set(pair.host.rejects) == {"sale.line:9"}


def test_a_host_that_refuses_us_rejects_no_document(pair, monkeypatch):
    pair.pull.changes()
    pair.foreign.pass_time(1)
    pair.foreign.write()
    pair.foreign.write()
    pair.host.poison = {"sale.order:1"}
    real, calls = pair.host.keep_page, []

    def revoked(**page):
        calls.append(1)
        if len(calls) > 1:
            raise ErpRefused("odoo.exceptions.AccessError", "no worker any more")
        return real(**page)

    monkeypatch.setattr(pair.host, "keep_page", revoked)
    with pytest.raises(ErpRefused, match="no worker any more"):
        pair.pull.changes()
    assert pair.host.rejects == {}
    monkeypatch.undo()
    pair.host.poison = set()
    pair.pull.changes()
    assert pair.found() == pair.expected()


def test_a_host_that_is_starting_rejects_no_document(pair):
    """It says anything then, over any page; only a row that is refused alone is one."""
    pair.pull.changes()
    pair.foreign.pass_time(1)
    pair.foreign.write()
    pair.foreign.write()
    pair.host.starting, pair.host.fault = True, "builtins.KeyError"
    with pytest.raises(RetryableError, match=r"cannot take anything of invoice_line now"):
        pair.pull.changes()
    assert pair.host.rejects == {}
    pair.host.starting = False
    pair.pull.changes()
    assert pair.found() == pair.expected()


@pytest.mark.parametrize("works_after", range(1, 9))
def test_a_host_that_starts_meanwhile_rejects_no_document(pair, monkeypatch, works_after):
    pull = pair.worker(page=200)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(9):
        pair.foreign.write()
    real, calls = pair.host.keep_page, []

    def starting(**asked):
        calls.append(1)
        if len(calls) <= works_after:
            raise ErpRefused("builtins.KeyError", "'ir.http'")
        return real(**asked)

    monkeypatch.setattr(pair.host, "keep_page", starting)
    for _ in range(works_after):
        with suppress(RetryableError):
            pull.changes()
    assert pair.host.rejects == {}
    assert pair.found() == pair.expected()


def test_what_became_due_is_settled_slice_by_slice_until_the_worker_is_to_stop(pair):
    pair.host.unsettled = 350
    turns = iter([True] + [True, True] + [False] * 9)
    pair.pull.changes(lambda: next(turns))
    assert pair.host.unsettled == 50
    pair.pull.changes()
    assert pair.host.unsettled == 0


def test_points_that_did_not_match_are_told(pair):
    pair.foreign.write()
    pair.pull.past()
    assert "points" not in pair.pull.compare()
    pair.host.wrong_points = 188
    assert pair.pull.compare()["points"].changed == 188


def test_a_position_that_was_lost_is_read_again(pair):
    """A host restored from a copy goes on before where we stopped: nothing is left out."""
    pull = pair.worker(page=2)
    pull.changes()
    pair.foreign.pass_time(1)
    for _ in range(8):
        pair.foreign.write()
    turns = iter([True, False])
    before = (dict(pair.host.positions), dict(pair.host.kept))
    pull.changes(lambda: next(turns))
    pair.host.positions, pair.host.kept = before
    pair.foreign.pass_time(100)
    pull.changes()
    assert pair.found() == pair.expected()


def test_deleted_rows_are_found_by_comparing(pair):
    for _ in range(20):
        pair.foreign.write()
    pair.pull.past()
    del pair.foreign.rows[7]
    found = pair.pull.compare()["invoice_line"]
    assert (found.gone, found.new) == (1, 0)
    assert pair.found() == pair.expected()
    assert pair.host.notes[-1] == ("", True)
    assert pair.pull.compare()["invoice_line"].differing == 0


def test_without_its_past_a_stream_is_compared_from_where_reading_began(pair):
    """Rows 1 to 5 were there before: never read. Of 6 to 12 one is lost and one deleted: found."""
    for _ in range(5):
        pair.foreign.write()
    pair.foreign.pass_time(60)
    pull = pair.worker(history=False)
    pull.changes()
    assert not pull.past()
    pair.host.asked = True
    assert pull.is_compare_due()
    assert pull.compare()["invoice_line"].differing == 0
    pair.foreign.pass_time(1)
    for amount in range(7):
        pair.foreign.write(amount=10.0 + amount)
    pull.changes()
    del pair.foreign.rows[8], pair.host.kept["sale.line:11"]
    found = pair.worker(history=False).compare()["invoice_line"]
    assert (found.new, found.gone) == (1, 1)
    later = {key: one for key, one in pair.expected().items() if int(key[10:]) > 5}
    assert pair.found() == later
    assert pair.worker(history=False).compare()["invoice_line"].differing == 0


CUSTOMERS = """
customer:
  from: sale.line
  where: []
  watch: [write_date]
  fields: {name: name, reference: name, birthday: {const: null}, gender: {const: null}}
"""


def test_without_their_past_customers_are_read_all_the_same(tmp_path):
    """Nobody would be known otherwise."""
    path = tmp_path / "own.yaml"
    path.write_text(MAPPING + CUSTOMERS)
    pair = Pair(schema.load(str(path)))
    pair.foreign.write()
    pair.foreign.pass_time(60)
    pull = pair.worker(history=False)
    pull.changes()
    assert pair.host.kept == {}
    pair.host.asked = True
    assert not pull.is_compare_due(), "their past is not read yet"
    assert not pull.past()
    assert pair.host.kept["sale.line:1"]["data"]["reference"] == "INV/1"
    assert pull.is_compare_due()


def test_a_past_that_is_wanted_after_all_is_read(pair):
    """And one that is not wanted any more is compared as far as it was not begun."""
    for _ in range(9):
        pair.foreign.write()
    pair.foreign.pass_time(60)
    pair.worker(history=False).changes()
    pair.host.asked = True
    assert not pair.pull.is_compare_due(), "all of it would be found missing"
    pages = iter([True, False])
    assert pair.pull.past(lambda: next(pages))
    some = pair.found()
    assert 0 < len(some) < 9
    without = pair.worker(history=False)
    assert not without.past()
    assert without.is_compare_due()
    without.compare()
    assert pair.found() == some
    assert not pair.pull.past()
    assert pair.found() == pair.expected()
    assert without.compare()["invoice_line"].ranges == 2, "all was read: all is compared"


def test_a_backfill_stops_between_two_pages_and_goes_on(pair):
    for _ in range(9):
        pair.foreign.write()
    pages = iter([True, True, False])
    assert pair.pull.past(lambda: next(pages))
    assert len(pair.found()) == 4  # of each page of three the last may go on
    assert not pair.worker().past()
    assert pair.found() == pair.expected()


def test_a_mapping_whose_changes_cannot_be_seen_is_refused(pair, monkeypatch):
    monkeypatch.setitem(
        pair.mapping.sections,
        "invoice_line",
        pair.mapping.sections["invoice_line"].__class__(
            **{
                **{
                    name: getattr(pair.mapping.sections["invoice_line"], name)
                    for name in pair.mapping.sections["invoice_line"].__slots__
                },
                "watch": ("changed_on",),
            }
        ),
    )
    with pytest.raises(ConfigInvalid, match="no field 'changed_on' in sale.line"):
        pair.worker().changes()


def test_a_refusal_of_the_key_is_no_bad_document(pair):
    pair.pull.changes()
    pair.foreign.errors = [ErpRefused("odoo.exceptions.AccessDenied", "expired")]
    with pytest.raises(ErpRefused):
        pair.pull.changes()


@pytest.mark.parametrize(
    ("hour", "page", "rest"), [(3, 5000, 0.0), (12, 500, 6.0), (19, 500, 6.0), (21, 5000, 0.0)]
)
def test_by_day_the_erp_belongs_to_its_people(hour, page, rest):
    slept = []
    night = Night(clock_time(20), clock_time(6), "UTC")
    now = datetime(2026, 11, 21, hour, tzinfo=UTC)
    pace = Pace(night, lambda: now, slept.append)
    pace.rest(2.0)
    assert (pace.page, sum(slept)) == (page, rest)


def test_an_erp_that_is_starting_has_its_models_all_the_same(pair):
    """Odoo 14 answers KeyError while it loads; once a stream was left out for good then."""
    pair.foreign.write()
    pair.foreign.errors = [ErpRefused("builtins.KeyError", "'ir.http'")]
    with pytest.raises(RetryableError):
        pair.pull.changes()
    pair.pull.changes()
    pair.pull.past()
    assert len(pair.host.kept) == 1


def test_a_page_of_the_past_ends_with_a_whole_document(pair):
    """Half a receipt would earn its points, and keep them if the other half does not fit."""
    for order in (1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 5):
        pair.foreign.write(order_id=order)
    pages: list[set[str]] = []
    keep = pair.host.keep_page
    pair.host.keep_page = lambda **asked: (
        pages.append({row["data"]["document"] for row in json.loads(asked["page"]["rows"])})
        or keep(**asked)
    )
    pair.pull.past()
    assert pair.found() == pair.expected()
    # The fourth is longer than a page.
    names = [sorted(name.rpartition(":")[2] for name in page) for page in pages]
    assert names == [["1"], ["2"], ["3"], ["4"], ["4", "5"]]


def test_a_row_deleted_while_its_page_is_read_does_not_end_the_past(pair, monkeypatch):
    """Ids first, rows then: with one row less the page would look like the last one."""
    for _ in range(8):
        pair.foreign.write()
    search = pair.foreign.search

    def deletes_one(**asked):
        found = search(**asked)
        pair.foreign.rows.pop(2, None)
        return found

    monkeypatch.setattr(pair.foreign, "search", deletes_one)
    pair.pull.past()
    assert len(pair.found()) == 7
    assert pair.found() == pair.expected()
