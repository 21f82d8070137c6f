"""What a clone remembers between commands: ``.dev/state.json``, above all its ports."""

import json
import random
import socket
from typing import Any

from dev.paths import DEV, ROOT, lock

FILE = DEV / "state.json"
PORTS = range(20000, 32000)  # below the range from which the kernel takes ports for clients


def load() -> dict[str, Any]:
    """Return the state; a copied clone starts with none, so that it never uses the original's."""
    try:
        state = json.loads(FILE.read_text())
    except (FileNotFoundError, ValueError):
        return {"root": str(ROOT)}
    return state if state.get("root") == str(ROOT) else {"root": str(ROOT)}


def remember(**values: Any) -> None:
    """Keep values for the next command."""
    with lock("state"):
        _save({**load(), **values})


def forget(prefix: str) -> None:
    """Forget the ports of what was started under names with this prefix."""
    with lock("state"):
        kept = {key: value for key, value in load().items() if not key.startswith(f"port-{prefix}")}
        _save(kept)


def port(name: str, width: int = 1) -> int:
    """Return the remembered port of *name* if it is still free, otherwise a new one.

    :param width: how many ports in a row must be free (the virtual reader has two slots)
    """
    key = f"port-{name}"
    taken = {value for other, value in load().items() if other.startswith("port-") and other != key}
    candidate = load().get(key)
    while candidate is None or not _free(candidate, width):
        candidate = random.choice(PORTS)
        if any(abs(candidate - other) < 2 for other in taken):
            candidate = None
    remember(**{key: candidate})
    return candidate


def _save(state: dict[str, Any]) -> None:
    new = FILE.with_suffix(".new")
    new.write_text(json.dumps(state, indent=2, sort_keys=True) + "\n")
    new.replace(FILE)


def _free(first: int, width: int) -> bool:
    for number in range(first, first + width):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", number))
            except OSError:
                return False
    return True
