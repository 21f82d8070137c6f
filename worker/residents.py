"""Which loops live in this worker's tasks."""

from dataclasses import dataclass

from worker.settings import WorkerSettings

DRAIN = "customer_card.drain"
PUSH = "customer_card.push"
READ = "customer_card.read"


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop.

    :param what: its lease
    """

    what: str
    task: str
    queue: str


ALL = (Loop("drain", DRAIN, "pull"), Loop("read", READ, "pull"), Loop("push", PUSH, "push"))


def loops(settings: WorkerSettings) -> list[Loop]:
    """Return the loops that these settings ask for."""
    foreign = settings.foreign
    wanted = {
        "drain": True,
        "read": bool(foreign and foreign.read),
        "push": bool(foreign and foreign.stock),
    }
    return [loop for loop in ALL if wanted[loop.what]]
