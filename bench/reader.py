"""The virtual reader with its cards, and what the bridge has noted of them."""

import json
import threading
import time
from pathlib import Path
from typing import Any

from dev.say import Trouble
from tests.kit.insertion import Insertion
from tests.kit.virtual_card import blank

PATIENCE_S = 15.0
LOOK_S = 0.002


class Stamps:
    """What the timed bridge writes, read while it is being written."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open(encoding="utf-8")
        self._rest = ""

    def wait_for(
        self, what: str, key: str | None = None, patience_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """Return the next stamp of this kind (and insertion); what came before it is dropped.

        :raises Trouble: when it does not come
        """
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            self._rest += self._file.readline()
            if not self._rest.endswith("\n"):
                time.sleep(LOOK_S)
                continue
            stamp, self._rest = json.loads(self._rest), ""
            if stamp["what"] == what and key in (None, stamp.get("key")):
                return stamp
        raise Trouble(f"The bridge did not say {what!r} within {patience_s:g} s.")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class CardReader:
    """A reader that takes one card at a time.

    :param slot: where a virtual card connects to it
    """

    def __init__(self, slot: int | Path, stamps: Stamps) -> None:
        self.stamps = stamps
        self._slot = slot
        self._card: Insertion | None = None

    def insert(self, token: str) -> float:
        """Push a card with this token in and return the moment (wall clock)."""
        card = Insertion(self._slot, blank("chip", token=token))
        moment = time.time()
        card.open()
        threading.Thread(target=card.serve, daemon=True).start()
        self._card = card
        return moment

    def remove(self) -> None:
        """Take the card out and wait until the bridge has seen that: the next one is another."""
        self.let_go()
        self.stamps.wait_for("removed")

    def let_go(self) -> None:
        """Take the card out, if there is one."""
        if self._card:
            self._card.close()
            self._card = None
