"""Light and sound of the readers that have them: green and short is good, red and twice is not.

A thread of its own talks to the readers, so neither the reading nor the ERP ever waits for a beep.
"""

import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping

from connector.exceptions import ReaderError
from reader_bridge.policy import LogPolicy, Notice, Signal
from reader_bridge.readers.escape import send_escape

_log = logging.getLogger(__name__)
_STALE_S = 1.0
_DEAF_S = 600.0
_LONGEST_QUEUE = 8


def _acr122(lamp: int, on: int, off: int, times: int, beep: bool) -> bytes:
    return bytes((0xFF, 0x00, 0x40, lamp, 0x04, on, off, times, beep))


# Steps: a command, and the pause after it in seconds. The ACR122U counts in tenths of a second and
# answers when it has finished; the others beep by themselves, in hundredths.
_GREEN, _RED = 0xA0, 0x50
_ACR122 = {
    Signal.GOOD: [(_acr122(_GREEN, 1, 0, 1, True), 0.0)],
    Signal.WAIT: [(_acr122(_GREEN, 1, 0, 1, False), 0.0)],
    Signal.REFUSED: [(_acr122(_RED, 1, 1, 2, True), 0.0)],
    Signal.AGAIN: [(_acr122(_RED, 1, 1, 2, True), 0.0)],
    Signal.TROUBLE: [(_acr122(_RED, 4, 0, 1, True), 0.0)],
}
_BEEP, _LAMP = bytes.fromhex("E000002801"), bytes.fromhex("E000002901")
_OFF = [(_LAMP + b"\0", 0.0)]
_TWICE = [(_LAMP + b"\1", 0.0), (_BEEP + b"\x0a", 0.2), (_BEEP + b"\x0a", 0.5), *_OFF]
_ACR125 = {
    Signal.GOOD: [(_LAMP + b"\2", 0.0), (_BEEP + b"\x0a", 0.3), *_OFF],
    Signal.WAIT: [(_LAMP + b"\2", 0.3), *_OFF],
    Signal.REFUSED: _TWICE,
    Signal.AGAIN: _TWICE,
    Signal.TROUBLE: [(_LAMP + b"\1", 0.0), (_BEEP + b"\x28", 0.5), *_OFF],
}
_READERS: tuple[tuple[re.Pattern[str], Mapping[Signal, list[tuple[bytes, float]]]], ...] = (
    (re.compile(r"ACR122", re.IGNORECASE), _ACR122),
    (re.compile(r"ACR(125\d|1281|1283|1552|1581)", re.IGNORECASE), _ACR125),
)


def steps_of(reader: str, signal: Signal) -> list[tuple[bytes, float]]:
    """Return what such a reader is told, step by step; nothing for a reader without lights."""
    for pattern, steps in _READERS:
        if pattern.search(reader):
            return steps[signal]
    return []


class LightPolicy:
    """Writes the log, as the plain policy does, and lets the reader shine and beep.

    :param send: sends one command to a reader
    :param clock: monotonic, seconds
    """

    def __init__(
        self,
        send: Callable[[str, bytes], None] = send_escape,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._send = send
        self._clock = clock
        self._sleep = sleep
        self._log = LogPolicy()
        self._deaf_until_s: dict[str, float] = {}
        self._queue: queue.Queue[tuple[float, Notice]] = queue.Queue(_LONGEST_QUEUE)
        threading.Thread(target=self._work, name="lights", daemon=True).start()

    def show(self, notice: Notice) -> None:
        """Write the line and queue the light; a reader that is slow gets fewer of them."""
        self._log.show(notice)
        if steps_of(notice.reader, notice.signal) and not self._queue.full():
            self._queue.put((self._clock(), notice))

    def step(self) -> None:
        """Show one notice, unless it is too late for it."""
        at_s, notice = self._queue.get()
        now_s = self._clock()
        if now_s - at_s > _STALE_S or now_s < self._deaf_until_s.get(notice.reader, 0.0):
            return
        try:
            for command, pause_s in steps_of(notice.reader, notice.signal):
                self._send(notice.reader, command)
                self._sleep(pause_s)
        except ReaderError as error:
            self._deaf_until_s[notice.reader] = now_s + _DEAF_S
            _log.info("no light at %s: %s", notice.reader, error)

    def _work(self) -> None:
        while True:
            try:
                self.step()
            except Exception:  # noqa: BLE001 - pyscard raises bare SystemError; a light is no reason
                _log.exception("lights: unexpected error")
