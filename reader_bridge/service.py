"""Make the bridge a service of this computer, where systemd can."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from connector.exceptions import FatalError

UNIT = Path("/etc/systemd/system/customer-card-bridge.service")
_PROGRAM = "/opt/customer-card/bin/customer-card-bridge"
_TEMPLATE = Path(__file__).with_name("customer-card-bridge.service")
_RULES = Path(__file__).with_name("50-customer-card-bridge.rules")
_POLKIT = Path("/etc/polkit-1/rules.d")


class ServiceFailed(FatalError):
    """systemd did not start the bridge, and says why."""


def available() -> bool:
    """Tell whether systemd runs here."""
    return Path("/run/systemd/system").is_dir() and shutil.which("systemctl") is not None


def unit(program: Path) -> str:
    """Return the unit for the bridge installed at *program*."""
    return _TEMPLATE.read_text(encoding="utf-8").replace(_PROGRAM, str(program))


def install(
    unit_file: Path = UNIT, polkit: Path = _POLKIT, run: Callable[..., Any] = subprocess.run
) -> None:
    """Write the unit, start the bridge now and with the computer.

    :param polkit: where a rule lets services use card readers, if this computer asks polkit
    :raises ServiceFailed: it does not run
    """
    program = Path(sys.argv[0]).resolve()
    try:
        unit_file.write_text(unit(program), encoding="utf-8")
        if polkit.is_dir():
            (polkit / _RULES.name).write_bytes(_RULES.read_bytes())
    except OSError as error:
        raise ServiceFailed(f"{error.filename}: {error.strerror}") from error
    for command in (
        ("daemon-reload",),
        ("enable", "customer-card-bridge.service"),
        ("restart", "customer-card-bridge.service"),
    ):
        done = run(["systemctl", *command], capture_output=True, text=True)
        if done.returncode:
            raise ServiceFailed(done.stderr.strip() or f"systemctl {' '.join(command)}")
