"""What is done now and then. Each job may run twice: it changes nothing then."""

from dataclasses import dataclass

BILL = "customer_card.bill"
BACKFILL = "customer_card.backfill"
RECONCILE = "customer_card.reconcile"


@dataclass(frozen=True, slots=True)
class Job:
    """One task that is sent every so often.

    :param reading: only where a foreign ERP is read
    """

    task: str
    every_s: int
    reading: bool = False


JOBS = (Job(BILL, 3600), Job(BACKFILL, 20, reading=True), Job(RECONCILE, 300, reading=True))
