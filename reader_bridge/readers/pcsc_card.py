"""Speak to one card in one PC/SC reader, without standing in the way of other programs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from smartcard import scard

from reader_bridge.cards.base import CardGone, Channel
from reader_bridge.readers.base import ReaderBusy

_SHARING_WAIT_S = 2.0
_TELL_AFTER_S = 2.5
_COUNTS = 0xFFFF


class PcscSlot:
    """One reader with a context of its own: a context is one lock, and the watcher sleeps in his.

    :param sleep: how to wait while another program has the card
    :param busy: told of the reader, from another thread, when a program that shares the card has
        kept it reserved for long: pcscd then lets us wait without an end
    """

    def __init__(
        self,
        reader: str,
        api: Any = scard,
        sleep: Callable[[float], None] = time.sleep,
        busy: Callable[[str], None] = lambda _reader: None,
    ) -> None:
        self.reader = reader
        self._api = api
        self._sleep = sleep
        self._busy = busy
        self._context: Any = None

    @contextmanager
    def card(self) -> Iterator[Channel]:
        """Yield the card, reserved for us until the block ends, and leave it powered.

        :raises CardGone: no card, or it does not answer
        :raises ReaderBusy: another program did not let go of it in time
        """
        telling = threading.Timer(_TELL_AFTER_S, self._tell_busy)
        telling.daemon = True
        telling.start()
        try:
            handle, protocol = self._connect()
            try:
                self._check(self._api.SCardBeginTransaction(handle))
                telling.cancel()
                result, _, _, _, atr = self._api.SCardStatus(handle)
                self._check(result)
                yield _PcscChannel(self._api, handle, protocol, bytes(atr), self.reader)
            finally:
                self._api.SCardEndTransaction(handle, self._api.SCARD_LEAVE_CARD)
                self._api.SCardDisconnect(handle, self._api.SCARD_LEAVE_CARD)
        finally:
            telling.cancel()

    def holds(self, count: int) -> bool:
        """Return whether the card of that insertion lies there, by the card service's own count.

        Asked while the card is reserved: between two readings nobody can have swapped it.
        """
        api = self._api
        asked = [(self.reader, api.SCARD_STATE_UNAWARE)]
        result, answers = api.SCardGetStatusChange(self._context, 0, asked)
        self._check(result)
        return bool(answers[0][1] >> 16 == count & _COUNTS)

    def close(self) -> None:
        """Give the context back; pcscd has 200 for everybody."""
        context, self._context = self._context, None
        if context is not None:
            self._api.SCardReleaseContext(context)

    def _connect(self) -> tuple[Any, int]:
        api = self._api
        waited_s = 0.0
        while True:
            if self._context is None:
                result, self._context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
                self._check(result)
            try:
                result, handle, protocol = api.SCardConnect(
                    self._context,
                    self.reader,
                    api.SCARD_SHARE_SHARED,
                    api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1,
                )
            except SystemError as error:  # pyscard's way to say that pcscd is no more
                self._context = None
                raise CardGone("the card service died") from error
            if result == api.SCARD_S_SUCCESS:
                return handle, protocol
            if result != api.SCARD_E_SHARING_VIOLATION:
                self._check(result)
            if waited_s >= _SHARING_WAIT_S:
                raise ReaderBusy(f"another program keeps the card in {self.reader} to itself")
            self._sleep(0.1)
            waited_s += 0.1

    def _tell_busy(self) -> None:
        """Say so where another program is the reason; a slow card is none.

        With a context of its own: the slot's is blocked.
        """
        api = self._api
        result, context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
        if result != api.SCARD_S_SUCCESS:
            return
        asked = [(self.reader, api.SCARD_STATE_UNAWARE)]
        result, answers = api.SCardGetStatusChange(context, 0, asked)
        api.SCardReleaseContext(context)
        used = api.SCARD_STATE_INUSE | api.SCARD_STATE_EXCLUSIVE
        if result == api.SCARD_S_SUCCESS and answers[0][1] & used:
            self._busy(self.reader)

    def _check(self, result: int) -> None:
        if result == self._api.SCARD_S_SUCCESS:
            return
        if result in (
            self._api.SCARD_E_INVALID_HANDLE,
            self._api.SCARD_E_NO_SERVICE,
            self._api.SCARD_E_SERVICE_STOPPED,
        ):
            self._context = None
        raise CardGone(self._api.SCardGetErrorMessage(result).strip())


class _PcscChannel:
    def __init__(self, api: Any, handle: Any, protocol: int, atr: bytes, reader: str) -> None:
        self._api = api
        self._handle = handle
        self._protocol = protocol
        self.atr = atr
        self.reader = reader

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command; see :class:`reader_bridge.cards.base.Channel`."""
        api = self._api
        t0 = self._protocol == api.SCARD_PROTOCOL_T0
        if t0 and len(apdu) > 5 and len(apdu) == 6 + apdu[4]:
            apdu = apdu[:-1]  # T=0 has no command with data both ways
        header = api.SCARD_PCI_T0 if t0 else api.SCARD_PCI_T1
        result, answer = api.SCardTransmit(self._handle, header, list(apdu))
        if result != api.SCARD_S_SUCCESS:
            raise CardGone(api.SCardGetErrorMessage(result).strip())
        return bytes(answer)
