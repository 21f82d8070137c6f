"""What is done now and then. Each job may run twice: it changes nothing then."""

from dataclasses import dataclass

BILL = "customer_card.bill"


@dataclass(frozen=True, slots=True)
class Job:
    """One task that is sent every so often.

    :param foreign: only with a foreign ERP
    """

    task: str
    every_s: int
    foreign: bool = False


JOBS = (Job(BILL, 3600),)
