"""Put a virtual card into a virtual reader, from a shell.

::

    python -m tests.kit.present blank --image PATH [--kind type2|type4|chip] [--token K1...]
    python -m tests.kit.present insert --port N --image PATH [--seconds S]
    python -m tests.kit.present remove --port N

``insert`` stays until the card is removed; a second insert into the same reader removes the first.
"""

import argparse
import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.kit.insertion import NEXT_LOOK_S, Insertion
from tests.kit.virtual_card import blank, save


def insert(port: int, image: Path, seconds: float | None = None) -> int:
    """Keep the card in the reader until removed, or for so many seconds."""
    if remove(port):
        time.sleep(NEXT_LOOK_S)
    insertion = Insertion(port, image)
    try:
        insertion.open()
    except OSError as error:
        print(f"No virtual reader listens on port {port}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    with _slot(port) as doorbell:
        signal.signal(signal.SIGTERM, lambda *_: insertion.close())
        threading.Thread(target=_close_when_rung, args=(doorbell, insertion), daemon=True).start()
        if seconds is not None:
            timer = threading.Timer(seconds, insertion.close)
            timer.daemon = True
            timer.start()
        with contextlib.suppress(KeyboardInterrupt):
            insertion.serve()
        insertion.close()
    return 0


def remove(port: int) -> bool:
    """Take out the card that another process put in; False when there is none."""
    with socket.socket(socket.AF_UNIX) as bell:
        bell.settimeout(5)
        try:
            bell.connect(str(_bell_path(port)))
            return bell.recv(1) == b""
        except OSError:
            return False


def _bell_path(port: int) -> Path:
    return Path(tempfile.gettempdir()) / f"customer-card-slot-{os.getuid()}-{port}.sock"


@contextlib.contextmanager
def _slot(port: int):
    """The place of the one card in a reader: who connects to it wants the card out."""
    path = _bell_path(port)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as doorbell:
        doorbell.bind(str(path))
        doorbell.listen()
        inode = path.stat().st_ino
        try:
            yield doorbell
        finally:
            with contextlib.suppress(OSError):
                if path.stat().st_ino == inode:
                    path.unlink()


def _close_when_rung(doorbell: socket.socket, insertion: Insertion) -> None:
    with contextlib.suppress(OSError):
        caller, _ = doorbell.accept()
        insertion.close()
        # The caller reads until we hang up, and by then the card is out.
        caller.close()


def main(argv: list[str] | None = None) -> int:
    """Run one of the three commands."""
    parser = argparse.ArgumentParser(prog="present", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    inserting = commands.add_parser("insert")
    inserting.add_argument("--port", type=int, required=True)
    inserting.add_argument("--image", type=Path, required=True)
    inserting.add_argument("--seconds", type=float)
    removing = commands.add_parser("remove")
    removing.add_argument("--port", type=int, required=True)
    making = commands.add_parser("blank")
    making.add_argument("--image", type=Path, required=True)
    making.add_argument("--kind", choices=("type2", "type4", "chip"), default="type2")
    making.add_argument("--uid", default="")
    making.add_argument("--token", default="")
    options = parser.parse_args(argv)
    if options.command == "insert":
        return insert(options.port, options.image, options.seconds)
    if options.command == "remove":
        found = remove(options.port)
        time.sleep(NEXT_LOOK_S if found else 0)
        return 0
    save(options.image, blank(options.kind, options.uid.upper(), options.token))
    return 0


if __name__ == "__main__":
    sys.exit(main())
