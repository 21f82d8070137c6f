"""Carries issues into the stock of a foreign ERP."""

import logging
from collections.abc import Sequence
from typing import Any

from connector.outbound.stock import ForeignStock
from connector.outbox.issues import Issue, Issues, Outcome
from worker.drain import DEADLY
from worker.outage import Outage
from worker.resident import BUGS, Resident
from worker.suspects import Suspects

_logger = logging.getLogger(__name__)


class Push(Resident):
    """A resident loop between the ERP with our addon and the one that keeps the stock."""

    def __init__(
        self,
        issues: Issues,
        stock: ForeignStock,
        outage: Outage,
        suspects: Suspects,
        **options: Any,
    ) -> None:
        super().__init__(outage, suspects, **options)
        self._issues = issues
        self._stock = stock

    def round(self) -> bool:
        """Work off one page; return whether there was progress."""
        issues = {issue.id: issue for issue in self._issues.pull(self._page)}

        def work(ids: Sequence[int]) -> bool:
            return self._report(self._book([issues[one] for one in ids]), issues)

        def bury(one: int) -> bool:
            return self._report([Outcome(one, "", DEADLY)], issues)

        return self._guarded(list(issues), work, bury)

    def _book(self, issues: Sequence[Issue]) -> list[Outcome]:
        try:
            return self._stock.book(issues)
        except BUGS as error:
            if len(issues) == 1:
                _logger.exception("Issue %s", issues[0].key)
                return [Outcome(issues[0].id, "", f"{type(error).__name__}: {error}")]
        half = len(issues) // 2
        return self._book(issues[:half]) + self._book(issues[half:])

    def _report(self, outcomes: list[Outcome], issues: dict[int, Issue]) -> bool:
        booked = self._issues.done(outcomes)
        for one, error in booked.failed:
            text = "Issue %s is not booked in the other ERP, it will be tried again: %s"
            _logger.warning(text, issues[one].key, " ".join(error.split()))
        done = [one.reference for one in outcomes if one.id in set(booked.done)]
        if done:
            more = f" and {len(done) - 3} more" if len(done) > 3 else ""
            _logger.info("Booked in the other ERP: %s%s.", ", ".join(done[:3]), more)
        self._count("push", "done", len(booked.done))
        self._count("push", "failed", len(booked.failed))
        return bool(booked.done or booked.failed)
