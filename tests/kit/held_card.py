"""A card in a customer's hand: it stays in the reader until pulled, whatever the computer does."""

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

from tests.kit.insertion import Insertion

_AGAIN_S = 0.003


class HeldCard:
    """One card in one slot of evpcd; a reader whose driver died finds it again.

    :ivar losses: how often the driver died under it
    """

    def __init__(self, slot: Path, image: dict[str, Any]) -> None:
        self._slot = slot
        self._image = image
        self._pulled = False
        self._insertion: Insertion | None = None
        self.losses = 0
        self.inside = threading.Event()
        self._thread = threading.Thread(target=self._hold, daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Take the card out."""
        self._pulled = True
        if self._insertion is not None:
            self._insertion.close()
        self._thread.join(5)

    def _hold(self) -> None:
        while not self._pulled:
            insertion = Insertion(self._slot, self._image)
            insertion.noticed = self.inside
            try:
                insertion.open()
            except OSError:
                time.sleep(_AGAIN_S)
                continue
            self._insertion = insertion
            if self._pulled:
                insertion.close()
                return
            insertion.serve()
            if not self._pulled:
                self.losses += 1
                self.inside.clear()
            with contextlib.suppress(OSError):
                insertion.close()
