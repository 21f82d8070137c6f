"""Where the bridge keeps its settings, its key and its memory, on each kind of computer."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

NAME = "customer-card"


@dataclass(frozen=True, slots=True)
class Places:
    """One installation's files: the settings, and the folder for key and spool."""

    config: Path
    state: Path

    @property
    def key(self) -> Path:
        """The file with the till's API key."""
        return self.state / "erp-key"

    @property
    def spool(self) -> Path:
        """The file of the cards that wait."""
        return self.state / "spool.sqlite"


def of_machine() -> Places:
    """Return the places of a service, which runs without anybody signed in."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / NAME
        return Places(folder / "bridge.yaml", folder)
    return Places(Path(f"/etc/{NAME}/bridge.yaml"), Path(f"/var/lib/{NAME}-bridge"))


def of_user() -> Places:
    """Return the places of a program that runs in one user's session, as on a terminal server."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home()) / NAME
        return Places(folder / "bridge.yaml", folder)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    return Places(config / NAME / "bridge.yaml", state / f"{NAME}-bridge")


def default_config() -> Path:
    """Return the settings to use when none were named: the user's own, else the machine's."""
    own = of_user().config
    return own if own.is_file() else of_machine().config
