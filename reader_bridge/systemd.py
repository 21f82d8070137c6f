"""The few words systemd expects from a service that it watches."""

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Tell systemd, if it is there and listens.

    :source: sd_notify(3)
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(state.encode(), address)
