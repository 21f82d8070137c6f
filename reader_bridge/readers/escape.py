"""Commands to the reader itself, not to a card: lights and beepers.

:source: PC/SC part 10; ACR122U API 2.04, section 6.2; ACR1252U Reference Manual 1.12, section 5.8
"""

import os
from typing import Any

from smartcard import scard

from connector.exceptions import ReaderError

# Linux: the CCID driver's own code, which it takes from ifdDriverOptions 0x0001 on; Windows: 3500.
_ESCAPE = 1 if os.name == "posix" else 3500


class ReaderDeaf(ReaderError):
    """The reader takes no commands of its own; cards are read all the same."""


def send_escape(reader: str, command: bytes, api: Any = scard) -> None:
    """Send one command to the reader.

    Over the control channel, which needs no card; else to the card that lies there, as readers of
    this kind pick their own commands out.

    :raises ReaderDeaf: neither works
    """
    result, context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
    if result != api.SCARD_S_SUCCESS:
        raise ReaderDeaf(api.SCardGetErrorMessage(result).strip())
    try:
        if not (
            _control(api, context, reader, command) or _transmit(api, context, reader, command)
        ):
            raise ReaderDeaf("no escape commands; see docs/readers.md")
    finally:
        api.SCardReleaseContext(context)


def _control(api: Any, context: Any, reader: str, command: bytes) -> bool:
    result, handle, _ = api.SCardConnect(context, reader, api.SCARD_SHARE_DIRECT, 0)
    if result != api.SCARD_S_SUCCESS:
        return False
    try:
        result, _ = api.SCardControl(handle, api.SCARD_CTL_CODE(_ESCAPE), list(command))
        return bool(result == api.SCARD_S_SUCCESS)
    finally:
        api.SCardDisconnect(handle, api.SCARD_LEAVE_CARD)


def _transmit(api: Any, context: Any, reader: str, command: bytes) -> bool:
    both = api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
    result, handle, protocol = api.SCardConnect(context, reader, api.SCARD_SHARE_SHARED, both)
    if result != api.SCARD_S_SUCCESS:
        return False
    try:
        header = api.SCARD_PCI_T0 if protocol == api.SCARD_PROTOCOL_T0 else api.SCARD_PCI_T1
        result, answer = api.SCardTransmit(handle, header, list(command))
        return bool(result == api.SCARD_S_SUCCESS and answer[-2:-1] == [0x90])
    finally:
        api.SCardDisconnect(handle, api.SCARD_LEAVE_CARD)
