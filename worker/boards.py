"""Which board the settings mean."""

from connector.erp import connect
from worker.board import Board, ErpBoard, RedisBoard
from worker.settings import WorkerSettings


def board_of(settings: WorkerSettings) -> Board:
    """Return it; nothing is sent before the first note."""
    if settings.board_url:
        return RedisBoard(settings.board_url)
    return ErpBoard(connect(settings.erp))
