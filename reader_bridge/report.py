"""What the bridge says of itself: for ``/healthz``, ``/metrics`` and ``status``."""

import time
from typing import Any

from reader_bridge import __version__
from reader_bridge.board import Board
from reader_bridge.spool import Spool


def report(
    board: Board, spool: Spool, watcher_age_s: float, longest_age_s: float
) -> dict[str, Any]:
    """Return the bridge's health; no card and no person is in it.

    :param longest_age_s: how long the readers may go without being looked at
    """
    trouble = dict(board.trouble)
    ok_s = board.erp_ok_s
    oldest = spool.waiting(1)
    return {
        "ok": watcher_age_s < longest_age_s and not trouble,
        "version": __version__,
        "till": board.till,
        "language": board.say.language,
        "screen": board.screen,
        "watcher_age_s": round(watcher_age_s, 1),
        "spool_depth": spool.depth(),
        "spool_oldest_age_s": round(oldest[0].age_s, 1) if oldest else 0.0,
        "erp_ok_age_s": None if ok_s is None else round(time.monotonic() - ok_s, 1),
        "erp_calls": board.calls,
        "erp_calls_s": round(board.calls_s, 4),
        "readers": dict(board.readers),
        "sources": {name: source for name, (source, _) in board.sources.items()},
        "media": {name: list(media) for name, (_, media) in board.sources.items()},
        "counts": dict(board.counts),
        "trouble": trouble,
    }
