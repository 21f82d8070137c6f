"""A board in a dictionary, with an off switch and a clock that the test moves."""

from worker.board import BoardAway


class TableBoard:
    """What :class:`worker.board.Board` promises, for one process."""

    name = "Redis"
    renew_s = 3.0

    def __init__(self) -> None:
        self.notes: dict[str, tuple[str, float]] = {}
        self.now = 1000.0
        self.down = False
        self.asked = 0

    def claim(self, name: str, token: str, seconds: int, *, over: bool = False) -> bool:
        if self.get(name) not in ("", token) and not over:
            return False
        self.put(name, token, seconds)
        return True

    def release(self, name: str, token: str) -> None:
        if self.get(name) == token:
            del self.notes[name]

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
            raise BoardAway("Error 111 connecting to 127.0.0.1. Connection refused.")
