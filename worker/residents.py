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
    :param source: the foreign ERP, where there may be several of its kind
    """

    what: str
    task: str
    queue: str
    source: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """What its task has to be told."""
        return {"source": self.source} if self.source else {}


QUEUES = {DRAIN: "pull", READ: "pull", PUSH: "push"}


def reads(settings: WorkerSettings) -> list[str]:
    """Return the names of the foreign ERPs that are read."""
    return [one.name for one in settings.foreign if one.read]


def loops(settings: WorkerSettings) -> list[Loop]:
    """Return the loops that these settings ask for."""
    found = [Loop("drain", DRAIN, QUEUES[DRAIN])]
    found += [Loop(f"read:{name}", READ, QUEUES[READ], name) for name in reads(settings)]
    if settings.stock:
        found.append(Loop("push", PUSH, QUEUES[PUSH]))
    return found
