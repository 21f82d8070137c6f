"""How others read a card: pyscard's CardMonitor, and a script call by call; started as a process.

``python -m bench.till.others monitor|script FILE``: one JSON line for each card that was read.
"""

import json
import sys
import time

from smartcard.CardMonitoring import CardMonitor, CardObserver
from smartcard.CardRequest import CardRequest
from smartcard.CardType import AnyCardType
from smartcard.System import readers

from reader_bridge.cards.detect import read_credential

READER = "Event Reader A"


class _Channel:
    """The reading itself is ours in both, so that only the waiting is compared."""

    reader = READER

    def __init__(self, connection) -> None:
        self._connection = connection
        self.atr = bytes(connection.getATR())

    def transmit(self, apdu: bytes) -> bytes:
        data, *status = self._connection.transmit(list(apdu))
        return bytes(data + status)


class _Observer(CardObserver):
    def update(self, _observable, change) -> None:
        for card in change[0]:
            if str(card.reader).startswith(READER):
                _read(card.createConnection())
        if any(str(card.reader).startswith(READER) for card in change[1]):
            _note("removed")


def _read(connection) -> None:
    connection.connect()
    credential = read_credential(_Channel(connection))
    connection.disconnect()
    _note("known", read=credential.kind)


def _note(what: str, **facts: str) -> None:
    with open(sys.argv[2], "a", encoding="utf-8") as file:
        file.write(json.dumps({"what": what, "at": time.time(), **facts}) + "\n")


def main() -> None:
    """Read until killed."""
    if sys.argv[1] == "monitor":
        CardMonitor().addObserver(_Observer())
        _note("ready")
        time.sleep(3600)
    mine = [reader for reader in readers() if str(reader).startswith(READER)]
    _note("ready")
    while True:
        request = CardRequest(timeout=3600, readers=mine, cardType=AnyCardType(), newcardonly=True)
        with request.waitforcard() as service:
            _read(service.connection)
        _note("removed")


if __name__ == "__main__":
    main()
