"""Notes in a dictionary, with an off switch and a clock that the test moves."""

from worker.notes import NotesAway


class TableNotes:
    """What :class:`worker.notes.Notes` promises, for one process."""

    name = "Redis"
    renew_s = 3.0

    def __init__(self) -> None:
        self.notes: dict[str, tuple[str, float]] = {}
        self.now = 1000.0
        self.down = False
        self.asked = 0

    def hold(self, name: str, seconds: int) -> "TableHold":
        return TableHold(self, name, seconds)

    def put(self, name: str, value: str, seconds: int) -> None:
        self._up()
        assert seconds > 0
        self.notes[name] = (value, self.now + seconds)

    def get(self, name: str) -> str:
        self._up()
        value, until = self.notes.get(name, ("", 0.0))
        return value if until > self.now else ""

    def _up(self) -> None:
        self.asked += 1
        if self.down:
            raise NotesAway("Error 111 connecting to 127.0.0.1. Connection refused.")


class TableHold:
    """What :class:`worker.notes.Hold` promises."""

    def __init__(self, notes: TableNotes, name: str, seconds: int) -> None:
        self._notes, self._name, self._seconds = notes, name, seconds
        self._token = str(id(self))

    def take(self, *, over: bool = False) -> bool:
        if self._notes.get(self._name) not in ("", self._token) and not over:
            return False
        self._notes.put(self._name, self._token, self._seconds)
        return True

    def release(self) -> None:
        if self._notes.get(self._name) == self._token:
            del self._notes.notes[self._name]
