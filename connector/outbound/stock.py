"""Books issues out of the stock of a foreign ERP: exactly once, whatever is repeated or killed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from connector.erp import Erp
from connector.exceptions import ErpRefused
from connector.outbound.directory import Directory
from connector.outbound.settings import StockSettings
from connector.outbound.transfers import Goods, Transfer, Transfers
from connector.outbox.issues import Issue, Outcome

T = TypeVar("T")


class ForeignStock:
    """The stock of a foreign ERP; every call may be repeated."""

    def __init__(self, erp: Erp, settings: StockSettings) -> None:
        self._settings = settings
        self._transfers = Transfers(erp)
        self._directory = Directory(erp, settings, self._transfers)

    def book(self, issues: Sequence[Issue]) -> list[Outcome]:
        """Book these issues and say of each what became of it.

        :raises RetryableError: some may be booked; ask again, nothing is booked twice
        :raises ErpRefused: the ERP refuses us as a whole
        """
        known = self._transfers.of([issue.key for issue in issues])
        goods, reasons = self._directory.resolve(
            [issue for issue in issues if _needs_work(known.get(issue.key, []))]
        )
        missing = [self._prepared(one, issue) for issue, one in goods if issue.key not in known]
        new: list[Transfer] = []

        def make(some: Sequence[Goods]) -> None:
            new.extend(self._transfers.make(some))

        _each(missing, make, lambda one: one.key, reasons)
        lots = {one.key: one.lot for _, one in goods if one.lot}
        at_once = {issue.key for issue in issues if self._at_once(issue)}
        open_ = [one for several in known.values() for one in several if _is_open(one)]
        self._book_at_once([one for one in new + open_ if one.origin in at_once], lots, reasons)
        self._book_available([one for one in new + open_ if one.origin not in at_once], reasons)
        if new or open_:
            known = self._transfers.of([issue.key for issue in issues])
        return [_outcome(issue, known.get(issue.key, []), reasons) for issue in issues]

    def _at_once(self, issue: Issue) -> bool:
        """Return whether it is booked whatever the ERP says is there.

        What comes back does come; and a lot that was named was in somebody's hand.
        """
        return issue.quantity < 0 or bool(issue.lot) or self._settings.on_shortage == "book"

    def _prepared(self, goods: Goods, issue: Issue) -> Goods:
        return replace(goods, booked=self._at_once(issue))

    def _book_at_once(
        self, open_: list[Transfer], lots: Mapping[str, int], reasons: dict[str, str]
    ) -> None:
        def book(some: Sequence[Transfer]) -> None:
            ids = [one.id for one in some]
            self._transfers.enter_all([one.id for one in some if one.name])
            self._transfers.enter_lots(
                {one.id: lots[one.origin] for one in some if one.origin in lots}
            )
            self._transfers.validate(ids)

        _each(open_, book, lambda one: one.origin, reasons)

    def _book_available(self, open_: list[Transfer], reasons: dict[str, str]) -> None:
        def reserve(some: Sequence[Transfer]) -> None:
            self._transfers.reserve([one.id for one in some])

        def book(some: Sequence[Transfer]) -> None:
            ids = [one.id for one in some]
            self._transfers.enter_reserved(ids)
            self._transfers.validate(ids)

        if not open_:
            return
        _each(open_, reserve, lambda one: one.origin, reasons)
        ready = self._transfers.ready([one.id for one in open_])
        if short := [one for one in open_ if ready[one.id] != "all"]:
            self._transfers.mend()
            _each(short, reserve, lambda one: one.origin, reasons)
            ready |= self._transfers.ready([one.id for one in short])
        good = {"all"} if self._settings.on_shortage == "wait" else {"all", "some"}
        _each(
            [one for one in open_ if ready[one.id] in good], book, lambda one: one.origin, reasons
        )


def _needs_work(transfers: Sequence[Transfer]) -> bool:
    return not transfers or any(map(_is_open, transfers))


def _is_open(transfer: Transfer) -> bool:
    return transfer.state not in ("done", "cancel")


def _outcome(issue: Issue, transfers: Sequence[Transfer], reasons: Mapping[str, str]) -> Outcome:
    names = ", ".join(one.name for one in transfers if one.state == "done")
    open_ = ", ".join(one.name for one in transfers if _is_open(one))
    booked = f"Booked in part ({names}). " if names else ""
    if open_ and issue.key in reasons:
        return Outcome(issue.id, names, f"{booked}{open_}: {reasons[issue.key]}")
    if open_:
        return Outcome(issue.id, names, f"{booked}{open_} waits for goods in the other ERP.")
    if names:
        return Outcome(issue.id, names)
    gone = ", ".join(one.name for one in transfers)
    cancelled = f"{gone} was cancelled in the other ERP. Delete it there, or book by hand."
    return Outcome(issue.id, "", reasons.get(issue.key, "") or cancelled)


def _each(
    items: Sequence[T],
    work: Callable[[Sequence[T]], None],
    key: Callable[[T], str],
    reasons: dict[str, str],
) -> None:
    """Do *work*; where the ERP refuses the whole, find those that spoil it and note the reason.

    :raises ErpRefused: it refuses us, not them
    """
    if not items:
        return
    try:
        work(items)
        return
    except ErpRefused as error:
        if error.is_access:
            raise
        if len(items) == 1:
            reasons.setdefault(key(items[0]), error.message)
            return
    half = len(items) // 2
    _each(items[:half], work, key, reasons)
    _each(items[half:], work, key, reasons)
